import fc from 'fast-check';
import type { Fact } from '#adapters';
import type { TestState } from '#canonical';
import {
  HERE,
  THERE,
  account,
  enrolment,
  person,
  story,
  testReported,
} from './testing/given-register.js';

const absence = (day: string, more: object = {}): Fact => ({
  kind: 'presence-reported',
  localId: 'frånvaro-1',
  modified: `${day}T08:00:00.000000Z`,
  presence: 'absence',
  person: 'elev-1',
  startTime: '2026-11-03T07:00:00.000000Z',
  says: 'Anmäld frånvaro',
  ...more,
});
const test = (state: TestState, eppn = 'a1@skola.example'): Fact => testReported(state, eppn);

describe('a pupil', () => {
  it('who is new is registered and enrolled, and is told once however often the source repeats it', () => {
    const { tell } = story();
    expect(tell('sis', person('elev-1', '2026-08-18'))).toBe(
      'person.registered, enrolment.started',
    );
    expect(tell('sis', person('elev-1', '2026-08-18'))).toBe('filtered:duplicate');
    expect(tell('sis', person('elev-1', '2026-08-19'))).toBe('filtered:unchanged');
    expect(tell('sis', person('elev-1', '2026-08-18', { eppns: ['late@skola.example'] }))).toBe(
      'filtered:older',
    );
  });

  it('who moves to an independent school is one person with two enrolments', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18'));
    expect(
      tell('fri', person('f-9', '2026-10-01', { enrolments: [enrolment(THERE, '2026-10-01')] })),
    ).toBe('enrolment.started');
    const left = { enrolments: [enrolment(HERE, '2026-08-17', '2026-09-30')] };
    expect(tell('sis', person('elev-1', '2026-10-02', left))).toBe('enrolment.ended');
    expect(persons()).toHaveLength(1);
    expect(persons()[0]!.enrolments.map(({ huvudman }) => huvudman)).toEqual([
      'friskola1',
      'kommunen1',
    ]);
  });

  it('whom two new facts of one batch speak of meets in memory', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18'));
    tell(
      'sis',
      person('elev-2', '2026-08-18', { civicNo: '201801012392', birthDate: '2018-01-01' }),
    );
    expect(persons()).toHaveLength(2);
  });

  it('whose number another huvudman uses for somebody else is for a human to look at', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18'));
    const other = {
      names: { givenName: 'Bo', familyName: 'Annan' },
      enrolments: [enrolment(THERE, '2026-10-01')],
    };
    expect(tell('fri', person('f-9', '2026-10-01', other))).toBe('parked: contradiction');
    expect(persons()).toHaveLength(1);
  });

  it('whose skyddad folkbokföring is lifted is found again by the next school', () => {
    const { tell, persons } = story();
    tell(
      'fri',
      person('f-9', '2026-08-18', { securityMarking: 'Skyddad folkbokföring', enrolments: [] }),
    );
    tell('fri', person('f-9', '2026-09-18', { enrolments: [] }));
    tell('sis', person('elev-1', '2026-10-01'));
    expect(persons()).toHaveLength(1);
  });

  it('with skyddad folkbokföring at the new school is another person there', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18'));
    const hidden = {
      securityMarking: 'Skyddad folkbokföring' as const,
      enrolments: [enrolment(THERE, '2026-10-01')],
    };
    expect(tell('fri', person('f-9', '2026-10-01', hidden))).toBe(
      'person.registered, person.protected, enrolment.started',
    );
    expect(persons()).toHaveLength(2);
  });

  it('cannot be enrolled at a unit of another huvudman', () => {
    const { tell, persons } = story();
    expect(
      tell('sis', person('elev-1', '2026-08-18', { enrolments: [enrolment(THERE, '2026-08-17')] })),
    ).toBe('parked: unit-not-yours');
    expect(persons()).toHaveLength(0);
  });

  it('at a unit that nobody has told of waits for the unit', () => {
    expect(
      story().tell(
        'sis',
        person('elev-1', '2026-08-18', { enrolments: [enrolment('okänd', '2026-08-17')] }),
      ),
    ).toBe('parked: missing-reference');
  });

  it('with a wrong check digit is parked, and nothing is kept', () => {
    const { tell, register } = story();
    expect(tell('sis', person('elev-1', '2026-08-18', { civicNo: '201003142386' }))).toBe(
      'parked: bad-data',
    );
    expect(register.claims.size).toBe(0);
  });

  it('who is deleted stays deleted when older news comes', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18'));
    const removed: Fact = {
      kind: 'person-removed',
      localId: 'elev-1',
      modified: '2026-10-01T00:00:00.000000Z',
    };
    expect(tell('sis', removed)).toBe('person.dormant, enrolment.ended');
    expect(tell('sis', person('elev-1', '2026-09-01'))).toBe('filtered:older');
    expect(persons()[0]).toMatchObject({
      standing: 'dormant',
      enrolments: [{ endReason: 'unknown', endDate: '2026-10-01' }],
    });
    expect(tell('sis', person('elev-1', '2026-11-01'))).toBe('person.updated, enrolment.changed');
  });

  it('who is deleted before anything was known is dormant when older news comes, as if all had come in order', () => {
    const { tell, persons } = story();
    tell('sis', {
      kind: 'person-removed',
      localId: 'elev-1',
      modified: '2026-10-01T00:00:00.000000Z',
    });
    expect(tell('sis', person('elev-1', '2026-09-01'))).toBe(
      'person.registered, person.dormant, enrolment.started',
    );
    expect(persons()[0]).toMatchObject({
      standing: 'dormant',
      enrolments: [{ endReason: 'unknown', endDate: '2026-10-01' }],
    });
    expect(tell('sis', person('elev-1', '2026-11-01'))).toBe('person.updated, enrolment.changed');
  });

  it('whom every register has dropped is dormant, and a return under another id, or elsewhere, finds the person', () => {
    const { tell, persons } = story();
    const removed = (localId: string, day: string): Fact => ({
      kind: 'person-removed',
      localId,
      modified: `${day}T00:00:00.000000Z`,
    });
    tell('sis', person('elev-1', '2026-08-18', { securityMarking: 'Sekretessmarkering' }));
    tell('fri', person('f-9', '2026-10-01', { enrolments: [enrolment(THERE, '2026-10-01')] }));
    expect(tell('sis', removed('elev-1', '2026-10-02'))).toBe('person.withdrawn, enrolment.ended');
    expect(tell('sis', removed('elev-1', '2026-10-03'))).toBe('filtered:unchanged');
    expect(persons()[0]).toMatchObject({ standing: 'present' });
    expect(tell('fri', removed('f-9', '2026-10-20'))).toBe('person.dormant, enrolment.ended');
    expect(tell('fri', person('f-9', '2026-10-19'))).toBe('filtered:older');
    expect(tell('sis', person('elev-7', '2026-11-01'))).toBe('person.updated, enrolment.started');
    expect(persons()).toHaveLength(1);
    expect(persons()[0]).toMatchObject({
      standing: 'present',
      securityMarking: 'Sekretessmarkering',
    });
  });

  it('who got a personnummer keeps the identity of the TF number', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18', { civicNo: '20100314TF01' }));
    expect(tell('sis', person('elev-1', '2026-09-18'))).toBe('person.updated');
    expect(tell('fri', person('f-9', '2026-10-01', { enrolments: [] }))).toBe('filtered:unchanged');
    expect(persons()).toHaveLength(1);
    expect(tell('sis', person('elev-1', '2026-10-18', { civicNo: '201801012392' }))).toBe(
      'parked: contradiction',
    );
  });
});

describe('an EPPN', () => {
  it('from the learning platform is the person’s, and no other’s', () => {
    const { tell, persons, arrivals } = story();
    expect(tell('plattform', account('2026-08-18', 'a1@skola.example'))).toBe(
      'parked: missing-reference',
    );
    tell('sis', person('elev-1', '2026-08-18'));
    expect([...arrivals].some((reference) => reference.startsWith('person/'))).toBe(true);
    expect(tell('plattform', account('2026-08-18', 'a1@skola.example'))).toBe('person.updated');
    expect(persons()[0]!.eppns).toEqual([
      { value: 'a1@skola.example', huvudman: 'kommunen1', source: 'plattform' },
    ]);
    const second = person('elev-2', '2026-08-18', {
      civicNo: undefined,
      eppns: ['A1@skola.example'],
    });
    expect(tell('sis', second)).toBe('parked: contradiction');
    tell('plattform', account('2026-08-20', null, { state: 'deleted' }));
    expect(tell('sis', second)).toBe('person.registered, enrolment.started');
  });

  it('under which a test is told begun twice gives the earlier time, whichever report comes first', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18', { eppns: ['a1@skola.example'] }));
    const later = { ...test('begun'), at: '2026-11-04T08:00:00.000000Z' } as Fact;
    expect(tell('prov', later)).toBe('test.begun');
    expect(tell('prov', test('begun'))).toBe('test.begun');
    expect(tell('prov', later)).toBe('filtered:unchanged');
    expect(persons()[0]!.tests.map(({ at }) => at)).toEqual(['2026-11-03T08:00:00.000000Z']);
  });

  it('that was let go still finds the pupil whose test is reported under it', () => {
    const { tell, persons } = story();
    expect(tell('prov', test('assigned'))).toBe('parked: missing-reference');
    tell('sis', person('elev-1', '2026-08-18', { eppns: ['a1@skola.example'] }));
    expect(tell('prov', test('begun'))).toBe('test.begun');
    tell('sis', person('elev-1', '2026-08-19', { eppns: ['new@skola.example'] }));
    expect(tell('prov', test('submitted'))).toBe('test.submitted');
    expect(tell('prov', test('begun', 'new@skola.example'))).toBe('filtered:older');
    expect(tell('prov', test('submitted'))).toBe('filtered:unchanged');
    expect(persons()[0]!.tests).toHaveLength(1);
  });
});

describe('an absence', () => {
  it('is reported, corrected and cancelled, of a pupil of the same huvudman’s register', () => {
    const { tell } = story();
    expect(tell('frånvaro', absence('2026-11-03'))).toBe('parked: missing-reference');
    tell('sis', person('elev-1', '2026-08-18'));
    expect(tell('frånvaro', absence('2026-11-03'))).toBe('absence.reported');
    expect(
      tell('frånvaro', absence('2026-11-04', { endTime: '2026-11-03T15:00:00.000000Z' })),
    ).toBe('absence.corrected');
    const cancelled: Fact = {
      kind: 'presence-cancelled',
      presence: 'absence',
      localId: 'frånvaro-1',
      modified: '2026-11-05T08:00:00.000000Z',
    };
    expect(tell('frånvaro', cancelled)).toBe('absence.cancelled');
    expect(tell('frånvaro', absence('2026-11-04'))).toBe('filtered:older');
  });
});

describe('the same facts in any order', () => {
  it('end in the same register', () => {
    const facts: [string, Fact][] = [
      ['sis', person('elev-1', '2026-08-18', { eppns: ['a1@skola.example'] })],
      [
        'sis',
        person('elev-1', '2026-09-18', {
          eppns: ['a1@skola.example'],
          enrolments: [enrolment(HERE, '2026-08-18')],
        }),
      ],
      [
        'sis',
        person('elev-1', '2026-10-18', {
          eppns: ['a2@skola.example'],
          securityMarking: 'Sekretessmarkering',
        }),
      ],
      ['fri', person('f-9', '2026-10-01', { enrolments: [enrolment(THERE, '2026-10-01')] })],
      [
        'fri',
        person('f-9', '2026-10-02', {
          enrolments: [{ ...enrolment(THERE, '2026-10-01'), cancelled: true }],
        }),
      ],
    ];
    const end = (told: [string, Fact][]) => {
      const { tell, persons } = story();
      for (const [from, fact] of told) tell(from, fact);
      return persons().map(({ id: _id, enrolments, ...rest }) => ({
        ...rest,
        enrolments: enrolments.map(({ id: _enrolment, ...others }) => others),
      }));
    };
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (shuffled) => {
        expect(end([...shuffled, ...shuffled])).toEqual(end(facts));
      }),
    );
  });
});
