import type { PersonAsserted } from './facts.js';
import { ss12000Attendance } from './ss12000-attendance/adapter.js';
import { ss12000 } from './ss12000/adapter.js';
import { readDeletedEntities } from './ss12000/deleted-entities.js';

const ID = 'f12a9df6-1b38-559e-8b92-b2d701af1978';

/** An invented pupil with what a case needs. */
function pupil(given: { civicNo?: string; schoolType?: string; id?: string }) {
  return {
    type: 'ss12000.person.changed',
    data: {
      id: given.id ?? ID,
      meta: { created: '2026-08-17T07:30:00+02:00', modified: '2026-08-18T06:15:22+02:00' },
      givenName: 'Test',
      familyName: 'Elevsson',
      civicNo: { value: given.civicNo ?? '201003142385' },
      enrolments: [
        {
          enroledAt: { id: 'fb22448b-b724-5e53-8a2c-d8b339206901' },
          schoolType: given.schoolType ?? 'GR',
          startDate: '2026-08-17',
        },
      ],
    },
  };
}

function factOf(given: Parameters<typeof pupil>[0]): PersonAsserted | undefined {
  const translation = ss12000.translate(pupil(given));
  return translation.ok ? (translation.facts[0] as PersonAsserted) : undefined;
}

describe('the spellings of SS 12000 that differ between systems', () => {
  it('takes deleted activities in the spelling of the standard and in the one of the reference implementation', () => {
    const page = {
      data: { activitites: ['a'], activities: ['b'], persons: ['c'] },
      pageToken: null,
    };
    expect(readDeletedEntities(page)).toEqual([
      { type: 'ss12000.activity.deleted', id: 'a' },
      { type: 'ss12000.activity.deleted', id: 'b' },
      { type: 'ss12000.person.deleted', id: 'c' },
    ]);
  });

  it('makes of deleted entities only events that an adapter takes', () => {
    const names = [
      'persons', 'duties', 'groups', 'activitites', 'organisations', 'absences', 'attendances', 'attendanceEvents',
    ]; // prettier-ignore
    const deletions = readDeletedEntities({
      data: Object.fromEntries(names.map((name) => [name, [ID]])),
    });
    expect(deletions).toHaveLength(names.length);
    for (const { type, id } of deletions) {
      const adapter = [ss12000, ss12000Attendance].find(({ types }) => types.includes(type));
      expect(adapter?.admit({ type, data: { id } })).toMatchObject({ ok: true, objectId: ID });
    }
  });

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['no lists', { data: null }],
    ['texts for lists', { data: { persons: 'all' } }],
    ['ids that are no texts', { data: { persons: [1, null, {}], grades: [ID], __proto__: [ID] } }],
  ])('passes over a page of deleted entities with %s', (_, page) => {
    expect(readDeletedEntities(page)).toEqual([]);
  });

  it.each(['201003142385', '20130101TF01', '20130161TF02', '201501772391'])(
    'takes the civic number %s as given: personnummer, TF number and samordningsnummer',
    (civicNo) => expect(factOf({ civicNo })?.civicNo).toBe(civicNo),
  );

  it.each([
    '100314-2385',
    '20100314-2385',
    '2010031423',
    '20130101tf01',
    '20130101T001',
    '201003142385 ',
  ])('does not take the civic number %j', (civicNo) => expect(factOf({ civicNo })).toBeUndefined());

  it.each(['GRS', 'GRAN', 'GYS', 'GYAN'])('keeps the school type %s as given', (schoolType) => {
    expect(factOf({ schoolType })?.enrolments[0]?.schoolType).toBe(schoolType);
  });

  it('knows a pupil again whose UUID is written in upper case', () => {
    const admission = ss12000.admit(pupil({ id: ID.toUpperCase() }));
    expect(admission).toMatchObject({ ok: true, objectId: ID });
    expect(factOf({ id: ID.toUpperCase() })?.localId).toBe(ID);
  });
});
