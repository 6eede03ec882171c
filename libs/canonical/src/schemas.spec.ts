import type { PersonEvent } from './events.js';
import { ACCESS_EVENT_TYPES, CANONICAL_EVENT_TYPES } from './events.js';
import { SCHEMAS, schemaOf } from './schemas.js';

const ID = 'f12a9df6-1b38-559e-8b92-b2d701af1978';

function personEvent(): PersonEvent['data'] {
  return {
    person: {
      id: ID,
      securityMarking: 'Ingen',
      personStatus: 'Aktiv',
      standing: 'present',
      eppns: [{ value: 'k7m2q9@skola.example', huvudman: 'kommuna1', source: 'register-a' }],
      enrolments: [
        {
          id: ID,
          source: 'register-a',
          huvudman: 'kommuna1',
          schoolUnit: '31279295',
          schoolType: 'GR',
          schoolYear: 9,
          startDate: '2026-08-17',
          cancelled: false,
        },
      ],
      duties: [],
      tests: [],
    },
    change: { id: ID },
  };
}

function changed(change: (person: PersonEvent['data']['person']) => void): PersonEvent['data'] {
  const data = personEvent();
  change(data.person);
  return data;
}

describe('the schema of an event about a person', () => {
  it('takes a good event', () => {
    expect(SCHEMAS.person.check(personEvent())).toBe(true);
    expect(SCHEMAS.person.faults(personEvent())).toEqual([]);
  });

  it('takes a property that a later version has added', () => {
    expect(SCHEMAS.person.check({ ...personEvent(), addedLater: 1 })).toBe(true);
  });

  it.each([
    [
      '/person/securityMarking',
      changed((person) => Object.assign(person, { securityMarking: 'Hemlig' })),
    ],
    ['/person/id', changed((person) => (person.id = ID.toUpperCase()))],
    ['/person/eppns/0/value', changed((person) => (person.eppns[0]!.value = 'two@at@signs'))],
    [
      '/person/enrolments/0/schoolYear',
      changed((person) => (person.enrolments[0]!.schoolYear = 11)),
    ],
    [
      '/person/enrolments/0/startDate',
      changed((person) => (person.enrolments[0]!.startDate = '17/8')),
    ],
    [
      '/person/enrolments/0/schoolUnit',
      changed((person) => (person.enrolments[0]!.schoolUnit = '01234567')),
    ],
    ['/person/tests', changed((person) => Reflect.deleteProperty(person, 'tests'))],
  ])('names the fault at %s and not its value', (pointer, data) => {
    expect(SCHEMAS.person.check(data)).toBe(false);
    const faults = SCHEMAS.person.faults(data);
    expect(new Set(faults.map((fault) => fault.pointer))).toEqual(new Set([pointer]));
    expect(JSON.stringify(faults)).not.toMatch(/Hemlig|two@at|17\/8|01234567|F12A9DF6/);
  });

  it('says which values a list allows', () => {
    const data = changed((person) => Object.assign(person, { personStatus: 'Flyttad' }));
    expect(SCHEMAS.person.faults(data)).toEqual([
      { pointer: '/person/personStatus', expected: 'Expected one of: Aktiv, Utvandrad, Avliden' },
    ]);
  });

  it.each([null, undefined, [], 'text', 7])('does not take %j', (data) => {
    expect(SCHEMAS.person.check(data)).toBe(false);
    expect(SCHEMAS.person.faults(data)[0]?.pointer).toBe('/');
  });

  it('names no more faults than it is asked for', () => {
    const data = changed((person) => {
      person.enrolments = Array.from({ length: 100 }, () => ({ ...person.enrolments[0]!, id: '' }));
    });
    expect(SCHEMAS.person.faults(data)).toHaveLength(20);
    expect(SCHEMAS.person.faults(data, 3)).toHaveLength(3);
  });
});

describe('the schemas of the topics', () => {
  it('are there for every type of event, once each', () => {
    expect(new Set(CANONICAL_EVENT_TYPES).size).toBe(CANONICAL_EVENT_TYPES.length);
    expect(new Set(ACCESS_EVENT_TYPES).size).toBe(ACCESS_EVENT_TYPES.length);
    const bare = [
      ...CANONICAL_EVENT_TYPES.filter((type) => !schemaOf('canonical.events', type)),
      ...ACCESS_EVENT_TYPES.filter((type) => !schemaOf('access.events', type)),
    ];
    expect(bare).toEqual([]);
    expect(schemaOf('canonical.events', 'se.elevnav.absence.reported')).toBe(SCHEMAS.person);
    expect(schemaOf('access.events', 'se.elevnav.access.granted')).toBe(SCHEMAS.access);
  });

  it('are not there for a type that the topic does not know', () => {
    for (const type of ['se.elevnav.access.granted', '__proto__', '']) {
      expect(schemaOf('canonical.events', type)).toBeUndefined();
    }
  });

  it('have one name each, and can be published as JSON', () => {
    const names = Object.values(SCHEMAS).map((schema) => schema.dataschema);
    expect(new Set(names).size).toBe(names.length);
    const published = JSON.parse(JSON.stringify(SCHEMAS.person.schema)) as object;
    expect(published).toHaveProperty('properties.person.properties.securityMarking.enum', [
      'Ingen',
      'Sekretessmarkering',
      'Skyddad folkbokföring',
    ]);
  });
});
