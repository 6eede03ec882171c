import { addDays } from '#canonical';
import fc from 'fast-check';
import type { StaleKnowledge } from './postpone-ends.js';
import {
  Followed,
  INDEPENDENT,
  MUNICIPALITY,
  SECRET,
  duty,
  enrolment,
  eppn,
} from './testing/given-person.js';

const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];
const atMunicipality = enrolment(MUNICIPALITY, '2026-08-18');
const leftMunicipality = { ...atMunicipality, endDate: '2026-11-11' };
const atIndependent = enrolment(INDEPENDENT, '2026-11-12');

const silent = (huvudman: string): StaleKnowledge => ({
  because: `source-silent/${huvudman}-register`,
  about: 'source',
  huvudman,
});
const parked = (huvudman: string): StaleKnowledge => ({
  because: `event-parked/${huvudman}`,
  about: 'person',
  huvudman,
});
const BEHIND: StaleKnowledge = { because: 'stage-behind', about: 'stage' };

/** A pupil whose bridge ends on 29 January 2027. */
const leaver = () =>
  new Followed('2026-11-10')
    .learns({ eppns: [eppn(MUNICIPALITY)], enrolments: [leftMunicipality] })
    .waitsUntil('2027-01-29');

describe('an end that time alone brings, on stale knowledge', () => {
  it.each([
    ['a source of the huvudman is silent', silent(MUNICIPALITY)],
    ['an event about the pupil is parked', parked(MUNICIPALITY)],
    ['an event about the pupil from somebody else is parked', parked(INDEPENDENT)],
    ['the stage is behind', BEHIND],
  ])('is postponed: %s', (_, reason) => {
    const followed = leaver().doubts(reason).waitsUntil('2027-01-30');
    expect(followed.places).toEqual(['municipality:postponed*']);
    expect(followed.record.access.standings).toMatchObject([
      { state: 'postponed', huvudman: MUNICIPALITY, until: '2027-02-28', mustAct: 'operator' },
    ]);
    expect(followed.verbs).toEqual([
      'access.postponed municipality',
      'access.settled municipality',
    ]);
    expect(followed.findings).toMatchObject([
      { cause: 'access-postponed', state: 'opened', mustAct: 'operator' },
      { cause: 'access-bridged', state: 'closed' },
    ]);
  });

  it('is no matter of a huvudman that has nothing to say of the pupil', () => {
    const followed = leaver().doubts(silent(INDEPENDENT)).waitsUntil('2027-01-30');
    expect(followed.places).toEqual([]);
  });

  it('is acted on when the knowledge is fresh again, and a person is told', () => {
    const followed = leaver().doubts(silent(MUNICIPALITY)).waitsUntil('2027-02-10');
    followed.doubts().decides('time');
    expect(followed.places).toEqual([]);
    expect(followed.verbs).toEqual(['access.settled municipality', 'access.revoked municipality']);
    expect(followed.findings).toMatchObject([
      { cause: 'bridge-over', state: 'opened' },
      { cause: 'access-postponed', state: 'closed' },
    ]);
    expect(followed.waitsUntil('2027-03-12').record.overdue).toBeDefined();
    expect(followed.waitsUntil('2027-03-13').record.overdue).toBeUndefined();
  });

  it('does not come when the knowledge that was late says otherwise', () => {
    const followed = leaver().doubts(silent(MUNICIPALITY)).waitsUntil('2027-02-10');
    followed.doubts().learns({ enrolments: [atMunicipality] });
    expect(followed.places).toEqual(['municipality:enrolment*']);
    expect(followed.verbs).toContain('access.settled municipality');
    expect(followed.verbs).not.toContain('access.revoked municipality');
  });

  it('is postponed for at most 30 days from the last day', () => {
    const followed = leaver().doubts(silent(MUNICIPALITY)).waitsUntil('2027-02-28');
    expect(followed.places).toEqual(['municipality:postponed*']);
    followed.waitsUntil('2027-03-01');
    expect(followed.places).toEqual([]);
    expect(followed.findings).toMatchObject([
      { cause: 'bridge-over', state: 'opened' },
      { cause: 'access-postponed', state: 'closed' },
    ]);
  });

  it('is not postponed anew by another reason', () => {
    const followed = leaver().doubts(silent(MUNICIPALITY)).waitsUntil('2027-02-20');
    followed.doubts(BEHIND).decides('time');
    expect(followed.record.access.standings).toMatchObject([{ until: '2027-02-28' }]);
    expect(followed.verbs).toEqual([]);
    expect(followed.record.postponed).toMatchObject([{ because: ['stage-behind'] }]);
  });

  it('keeps the test that the pupil has', () => {
    const followed = new Followed('2026-11-10', {
      policies: { [MUNICIPALITY]: { bridging: false } },
    }).learns({ eppns: [eppn(MUNICIPALITY)], enrolments: [leftMunicipality] });
    const [test] = followed.record.access.tests;
    followed.doubts(silent(MUNICIPALITY)).waitsUntil('2026-11-12');
    expect(followed.record.access.tests).toEqual([test]);
    followed.doubts().decides('time');
    expect(followed.record.access.tests).toEqual([]);
  });

  it('holds up nothing that begins: the new school opens, and the old one stays beside it', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: EPPNS,
      enrolments: [leftMunicipality, atIndependent],
    });
    followed.doubts(silent(MUNICIPALITY)).waitsUntil('2026-11-12');
    expect(followed.places).toEqual(['independent:enrolment*', 'municipality:postponed']);
    expect(followed.tests).toEqual(['independent:assigned']);
    followed.doubts().decides('time');
    expect(followed.verbs).toEqual(['access.settled municipality', 'access.revoked municipality']);
  });

  it('of a contested entry waits for either side', () => {
    const followed = new Followed('2026-09-01').learns({
      eppns: EPPNS,
      enrolments: [atMunicipality, enrolment(INDEPENDENT, '2026-09-01')],
    });
    followed.doubts(silent(INDEPENDENT)).waitsUntil('2026-09-16');
    expect(followed.places).toEqual(['independent:enrolment*', 'municipality:postponed']);
  });

  it('is found after nights that were skipped, as on the day itself', () => {
    const followed = leaver();
    followed.today = '2027-02-03';
    followed.doubts(BEHIND).decides('time');
    expect(followed.places).toEqual(['municipality:postponed*']);
    expect(followed.record.access.standings).toMatchObject([{ until: '2027-02-28' }]);
  });

  it('of a duty waits for its own huvudman, not for the one where the teacher is a pupil', () => {
    const teacher = () =>
      new Followed('2026-11-10').learns({
        eppns: EPPNS,
        enrolments: [{ ...atIndependent, startDate: '2026-08-18', schoolType: 'VUXGY' }],
        duties: [duty(MUNICIPALITY, '2026-08-01', { endDate: '2026-11-13' })],
      });
    const elsewhere = teacher().doubts(silent(INDEPENDENT)).waitsUntil('2026-11-14');
    expect(elsewhere.places).toEqual(['independent:enrolment']);
    const own = teacher().doubts(silent(MUNICIPALITY)).waitsUntil('2026-11-14');
    expect(own.places).toEqual(['independent:enrolment', 'municipality:postponed']);
  });
});

describe('what a source has said since is no end by time', () => {
  it('an enrolment that is ended is acted on at once', () => {
    const followed = leaver().doubts(silent(INDEPENDENT), BEHIND);
    followed.learns({ enrolments: [{ ...leftMunicipality, endReason: 'completed' }] });
    expect(followed.verbs).toContain('access.revoked municipality');
  });

  it('also while an end is postponed already', () => {
    const followed = leaver().doubts(BEHIND).waitsUntil('2027-02-05');
    followed.learns({ enrolments: [{ ...leftMunicipality, endReason: 'completed' }] });
    expect(followed.places).toEqual([]);
  });

  it('a sole enrolment that is cancelled, death and emigration too', () => {
    const postponed = () => leaver().doubts(BEHIND).waitsUntil('2027-02-05');
    const cancelled = { enrolments: [{ ...leftMunicipality, cancelled: true }] };
    expect(postponed().learns(cancelled).places).toEqual([]);
    expect(postponed().learns({ personStatus: 'Avliden' }).places).toEqual([]);
    expect(postponed().learns({ personStatus: 'Utvandrad' }).places).toEqual([]);
  });

  it('an end that is first heard of when it is past is no end by time', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [{ ...atMunicipality, schoolType: 'VUXGY', schoolYear: undefined }],
    });
    followed.doubts(BEHIND).waitsUntil('2026-11-20');
    followed.learns({
      enrolments: [{ ...leftMunicipality, schoolType: 'VUXGY', schoolYear: undefined }],
    });
    expect(followed.places).toEqual([]);
  });
});

describe('a protected pupil', () => {
  it('leaves on the nominal day, whatever is stale on the other side', () => {
    const followed = new Followed('2026-11-10').learns({
      securityMarking: SECRET,
      eppns: EPPNS,
      enrolments: [leftMunicipality, atIndependent],
    });
    followed.doubts(silent(INDEPENDENT), parked(INDEPENDENT)).waitsUntil('2026-11-12');
    expect(followed.places).toEqual(['independent:enrolment*']);
    expect(followed.verbs).toContain('access.revoked municipality');
  });

  it('is kept where the own huvudman’s knowledge is stale', () => {
    const followed = new Followed('2026-11-10').learns({
      securityMarking: SECRET,
      eppns: EPPNS,
      enrolments: [leftMunicipality, atIndependent],
    });
    followed.doubts(silent(MUNICIPALITY)).waitsUntil('2026-11-12');
    expect(followed.places).toEqual(['independent:enrolment*', 'municipality:postponed']);
    expect(followed.tests).toEqual(['independent:assigned', 'municipality:assigned']);
  });
});

describe('whatever is stale when', () => {
  const history = fc.record({
    length: fc.integer({ min: 0, max: 40 }),
    gap: fc.integer({ min: -10, max: 120 }),
    isBridged: fc.boolean(),
    isAdult: fc.boolean(),
    doubts: fc.array(
      fc.record({
        days: fc.integer({ min: 1, max: 40 }),
        reasons: fc.subarray([silent(MUNICIPALITY), parked(INDEPENDENT), BEHIND]),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  });
  type Told = typeof history extends fc.Arbitrary<infer One> ? One : never;
  const begin = ({ length, gap, isBridged, isAdult }: Told) => {
    const end = addDays('2026-09-01', length);
    const form = isAdult ? { schoolType: 'VUXGY' as const, schoolYear: undefined } : {};
    return new Followed('2026-08-20', {
      policies: { [MUNICIPALITY]: { bridging: isBridged } },
    }).learns({
      eppns: EPPNS,
      enrolments: [
        enrolment(MUNICIPALITY, '2026-08-18', { endDate: end, ...form }),
        enrolment(INDEPENDENT, addDays(end, gap), form),
      ],
    });
  };

  it('nobody has less than with fresh knowledge, never more than 30 days longer, and one home', () => {
    fc.assert(
      fc.property(history, (told) => {
        const fresh = begin(told);
        const followed = begin(told);
        const lastSeen = new Map<string, string>();
        let day = '2026-08-20';
        for (const { days, reasons } of told.doubts) {
          followed.doubts(...reasons).decides('time');
          for (let passed = 0; passed < days; passed++) {
            day = addDays(day, 1);
            const wanted = fresh.waitsUntil(day).usable.map(({ id }) => id);
            const usable = followed.waitsUntil(day).usable;
            for (const id of wanted) lastSeen.set(id, day);
            const isLess = !wanted.every((id) => usable.some((entry) => entry.id === id));
            const isLonger = usable.some(({ id }) => addDays(lastSeen.get(id)!, 30) < day);
            const homes = usable.filter(({ home }) => home).length;
            if (isLess || isLonger || homes > 1) {
              throw new Error(`On ${day}: ${JSON.stringify({ isLess, isLonger, homes })}`);
            }
          }
        }
        followed.doubts().decides('time');
        const ids = (of: Followed) => of.record.access.entries.map(({ id, held }) => `${id} ${held}`); // prettier-ignore
        expect(ids(followed).sort()).toEqual(ids(fresh).sort());
        expect(followed.tests).toEqual(fresh.tests);
        expect(followed.record.postponed).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});
