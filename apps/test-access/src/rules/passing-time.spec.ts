import { addDays } from '#canonical';
import fc from 'fast-check';
import {
  Followed,
  INDEPENDENT,
  MUNICIPALITY,
  duty,
  enrolment,
  eppn,
  reported,
} from './testing/given-person.js';

const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];

describe('days of Stockholm', () => {
  it.each([
    ['in summer time', '2026-09-04', '2026-09-04T21:59:59.999Z', '2026-09-04T22:00:00Z'],
    ['in winter time', '2026-11-13', '2026-11-13T22:59:59.999Z', '2026-11-13T23:00:00Z'],
    ['before the clocks go back', '2026-10-24', '2026-10-24T21:59:59.999Z', '2026-10-24T22:00:00Z'],
    ['of 25 hours', '2026-10-25', '2026-10-25T22:59:59.999Z', '2026-10-25T23:00:00Z'],
    ['before the clocks go forward', '2027-03-27', '2027-03-27T22:59:59.999Z', '2027-03-27T23:00:00Z'],
    ['of 23 hours', '2027-03-28', '2027-03-28T21:59:59.999Z', '2027-03-28T22:00:00Z'],
  ])('a duty stands the whole of its last day, and is promised to end: %s', (_, endDate, last, gone) => {
    const followed = new Followed('2026-09-01').learns({
      eppns: EPPNS,
      duties: [duty(MUNICIPALITY, '2026-08-01', { endDate })],
    });
    expect(followed.nextDue).toEqual(new Date(gone));
    expect(followed.looksAt(last).usable).toHaveLength(1);
    expect(followed.looksAt(gone).usable).toHaveLength(0);
  });

  it('an enrolment opens with the first second of the day after a shift', () => {
    const followed = new Followed('2026-10-01').learns({
      eppns: EPPNS,
      enrolments: [enrolment(MUNICIPALITY, '2026-10-26')],
    });
    expect(followed.nextDue).toEqual(new Date('2026-10-25T23:00:00Z'));
    expect(followed.looksAt('2026-10-25T22:59:59.999Z').usable).toHaveLength(0);
    expect(followed.looksAt('2026-10-25T23:00:00Z').usable).toHaveLength(1);
  });
}); // prettier-ignore

describe('a clock that jumps', () => {
  const mover = () =>
    new Followed('2026-11-10').learns({
      eppns: EPPNS,
      enrolments: [
        enrolment(MUNICIPALITY, '2026-08-18', { endDate: '2026-11-11' }),
        enrolment(INDEPENDENT, '2026-11-12'),
      ],
    });

  it('ahead and back gives and takes nothing for good', () => {
    const followed = mover();
    const before = followed.record.access.entries;
    followed.looksAt('2026-11-20T08:00:00Z');
    expect(followed.places).toEqual(['independent:enrolment*']);
    followed.looksAt('2026-11-10T09:00:00Z');
    expect(followed.places).toEqual(['municipality:enrolment*']);
    expect(followed.record.access.entries[0]!.id).toBe(before[0]!.id);
    expect(followed.nextDue).toEqual(new Date('2026-11-11T23:00:00Z'));
    followed.looksAt('2026-11-11T23:00:00Z');
    expect(followed.verbs[0]).toBe('access.moved independent<municipality');
  });

  it('ahead over a year and more ends all that is over, and promises nothing of the past', () => {
    const followed = mover().looksAt('2028-02-29T08:00:00Z');
    expect(followed.places).toEqual(['independent:enrolment*']);
    expect(followed.nextDue!.getTime()).toBeGreaterThan(Date.parse('2028-02-29T08:00:00Z'));
  });
});

describe('nights that were skipped', () => {
  /** Stays over the year, some of them with an end. */
  const life = fc.record({
    first: fc.integer({ min: 0, max: 60 }),
    length: fc.integer({ min: 0, max: 90 }),
    gap: fc.integer({ min: -20, max: 90 }),
    isAdult: fc.boolean(),
    isBridged: fc.boolean(),
    opensDaysBefore: fc.integer({ min: 0, max: 10 }),
    test: fc.constantFrom(undefined, 'begun' as const, 'submitted' as const),
    sleeps: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 5 }),
  });

  it('end in the state that a look on each day would have given', () => {
    fc.assert(
      fc.property(life, ({ first, length, gap, isAdult, isBridged, opensDaysBefore, ...more }) => {
        const policy = { bridging: isBridged, opensDaysBefore };
        const given = { policies: { [MUNICIPALITY]: policy, [INDEPENDENT]: policy } };
        const start = addDays('2026-08-18', first);
        const end = addDays(start, length);
        const form = isAdult ? { schoolType: 'VUXGY' as const, schoolYear: undefined } : {};
        const facts = {
          eppns: EPPNS,
          enrolments: [
            enrolment(MUNICIPALITY, start, { endDate: end, ...form }),
            enrolment(INDEPENDENT, addDays(end, gap), form),
          ],
          tests: more.test ? [reported(more.test, '2026-11-12T08:00:00Z')] : [],
        };
        const awake = new Followed('2026-08-01', given).learns(facts);
        const asleep = new Followed('2026-08-01', given).learns(facts);
        let day = '2026-08-01';
        for (const days of more.sleeps) {
          day = addDays(day, days);
          awake.waitsUntil(day).decides('time');
          asleep.today = day;
          asleep.decides('time');
          expect(stateOf(asleep)).toEqual(stateOf(awake));
          expect(asleep.nextDue).toEqual(awake.nextDue);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function stateOf({ record }: Followed): unknown {
  const { entries, standings, tests } = record.access;
  return {
    entries: entries.map(({ since: _since, because: _because, ...entry }) => entry),
    standings: standings.map(({ since: _since, ...standing }) => standing),
    tests,
  };
}
