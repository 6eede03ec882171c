import { DEFAULT_ACCESS_POLICY, type AccessPolicy, type Enrolment, type PersonState } from '#canonical'; // prettier-ignore
import { judgeRetention, keptDays, keptDaysMin, type DormantPerson, type RetentionRules } from './judge-retention.js'; // prettier-ignore
import { nightOf } from './night-of.js';

const ID = '4b9a6a1c-0000-5000-8000-000000000001';
const ACTIVITY = '25fe03a1-404d-505e-95ad-329ba05d2af6';
const SINCE = new Date('2027-01-10T08:00:00Z');
const after = (days: number, ms = 0) => new Date(SINCE.getTime() + days * 86_400_000 + ms);

const enrolment = (more: Partial<Enrolment> = {}): Enrolment => ({
  id: ID,
  source: 'sis',
  huvudman: 'kommunen1',
  schoolUnit: '31279295',
  schoolType: 'GR',
  startDate: '2025-08-18',
  endDate: '2027-01-10',
  cancelled: false,
  ...more,
});
const state = (more: Partial<PersonState> = {}): PersonState => ({
  id: ID,
  securityMarking: 'Ingen',
  personStatus: 'Aktiv',
  standing: 'dormant',
  eppns: [],
  enrolments: [enrolment()],
  duties: [],
  tests: [],
  ...more,
});
const person = (more: Partial<DormantPerson> = {}): DormantPerson => ({
  id: ID,
  state: state(),
  dormantSince: SINCE,
  claims: [{ huvudman: 'kommunen1', isLive: false }],
  isParked: false,
  isAsked: false,
  isSourceSilent: false,
  ...more,
});
const rules = (now: Date, more: Partial<RetentionRules> = {}): RetentionRules => ({
  now,
  today: now.toISOString().slice(0, 10),
  dormantDays: 400,
  dormantDaysOf: (huvudman) => ({ kommunen1: 200, friskola1: 1_000 })[huvudman],
  policyOf: () => DEFAULT_ACCESS_POLICY,
  calendars: [],
  ...more,
});
const kept = (one: DormantPerson, by: RetentionRules) => judgeRetention(one, by).kept;

describe('somebody whom no register asserts any more', () => {
  it('is kept for as many days as the huvudman has said, to the moment', () => {
    expect(kept(person(), rules(after(200, -1)))).toBe('not-yet');
    expect(judgeRetention(person(), rules(after(200)))).toEqual({
      kept: undefined,
      overFor: ['kommunen1'],
    });
  });

  it('is kept as the hub says where the huvudman has said nothing, or is none of the hub’s any more', () => {
    const stranger = person({
      claims: [{ huvudman: 'stiftelse1', isLive: false }],
      state: state({ enrolments: [] }),
    });
    expect(kept(stranger, rules(after(399)))).toBe('not-yet');
    expect(kept(stranger, rules(after(400)))).toBeUndefined();
    const nobodys = person({ claims: [], state: state({ enrolments: [] }) });
    expect(kept(nobodys, rules(after(399)))).toBe('not-yet');
    expect(kept(nobodys, rules(after(400)))).toBeUndefined();
  });

  it('is kept as long as the huvudman that keeps longest, of all that have a claim', () => {
    const both = person({
      claims: [
        { huvudman: 'kommunen1', isLive: false },
        { huvudman: 'friskola1', isLive: false },
      ],
    });
    expect(judgeRetention(both, rules(after(999)))).toEqual({
      kept: 'kept-for-another',
      overFor: ['kommunen1'],
    });
    expect(kept(both, rules(after(1_000)))).toBeUndefined();
  });

  it('is kept also for the huvudman to whom a stay was carried over with its school unit', () => {
    const carried = enrolment({ huvudman: 'friskola1', carriedFrom: { id: ID, huvudman: 'kommunen1' } }); // prettier-ignore
    const followed = person({ state: state({ enrolments: [enrolment(), carried] }) });
    expect(kept(followed, rules(after(300)))).toBe('kept-for-another');
  });

  it('is never erased inside a bridge, whatever has been written', () => {
    const long: AccessPolicy = { ...DEFAULT_ACCESS_POLICY, bridgeDaysMin: 300 };
    const bridged = rules(after(329), { policyOf: () => long });
    expect(keptDays('kommunen1', bridged)).toBe(330);
    expect(kept(person(), bridged)).toBe('not-yet');
    expect(kept(person(), { ...bridged, now: after(330) })).toBeUndefined();
    const without = { ...bridged, policyOf: () => ({ ...long, bridging: false }) };
    expect(keptDays('kommunen1', without)).toBe(200);
  });

  it('need not be looked at before the shortest time of all is over', () => {
    expect(keptDaysMin(rules(SINCE), ['kommunen1', 'friskola1'])).toBe(200);
    expect(keptDaysMin(rules(SINCE), ['friskola1'])).toBe(400);
    expect(keptDaysMin(rules(SINCE), [])).toBe(400);
  });
});

describe('somebody whose time is over stays all the same', () => {
  const over = after(250);
  const window = (windowEnd: string): RetentionRules =>
    rules(over, {
      calendars: [
        {
          kind: 'calendar',
          id: 'year',
          terms: [],
          tests: [
            {
              activity: ACTIVITY,
              displayName: 'Prov',
              schoolType: 'GR',
              windowStart: '2027-01-01',
              windowEnd,
            },
          ],
        },
      ],
    });
  const testIn = (testState: 'begun' | 'submitted') =>
    person({
      state: state({
        tests: [
          { id: ID, activity: ACTIVITY, state: testState, at: '2027-01-08T08:00:00.000000Z' },
        ],
      }),
    });
  const today = rules(over).today;

  it.each([
    ['while an account of theirs stands', 'live-claim', { claims: [{ huvudman: 'kommunen1', isLive: true }] }],
    ['while an event about them is parked', 'parked-event', { isParked: true }],
    ['while a human is asked who they are', 'open-question', { isAsked: true }],
    ['while a source that knew them is silent', 'silent-source', { isSourceSilent: true }],
    ['while an enrolment has no end', 'enrolment-or-duty', { state: state({ enrolments: [{ ...enrolment(), endDate: undefined } as never] }) }],
    ['on the last day of an enrolment', 'enrolment-or-duty', { state: state({ enrolments: [enrolment({ endDate: today })] }) }],
    ['while a duty has not ended', 'enrolment-or-duty', { state: state({ duties: [{ id: ID, source: 'sis', huvudman: 'kommunen1', schoolUnit: '31279295', dutyRole: 'Lärare', startDate: '2020-01-01' }] }) }],
  ] as const)('%s', (_when, because, more) => {
    expect(kept(person(more), rules(over))).toBe(because);
    expect(kept(person(), rules(over))).toBeUndefined();
  }); // prettier-ignore

  it('until the window of a test that they have begun is over', () => {
    expect(kept(testIn('begun'), window(today))).toBe('open-test');
    expect(kept(testIn('submitted'), window(today))).toBeUndefined();
    expect(kept(testIn('begun'), window('2027-09-16'))).toBeUndefined();
  });

  it('but not for an enrolment that was cancelled', () => {
    const cancelled = [enrolment({ cancelled: true, endDate: today })];
    expect(kept(person({ state: state({ enrolments: cancelled }) }), rules(over))).toBeUndefined();
  });
});

describe('the night of a run', () => {
  it('begins at the hour in Sweden, summer and winter, and is over before the day', () => {
    expect(nightOf(new Date('2027-01-10T00:59:59Z'), 2)).toBeUndefined();
    expect(nightOf(new Date('2027-01-10T01:00:00Z'), 2)).toBe('2027-01-10');
    expect(nightOf(new Date('2027-07-10T00:00:00Z'), 2)).toBe('2027-07-10');
    expect(nightOf(new Date('2027-01-10T06:59:59Z'), 2)).toBe('2027-01-10');
    expect(nightOf(new Date('2027-01-10T07:00:00Z'), 2)).toBeUndefined();
  });

  it('is one night on both sides of midnight', () => {
    expect(nightOf(new Date('2027-01-10T22:30:00Z'), 23)).toBe('2027-01-10');
    expect(nightOf(new Date('2027-01-11T01:00:00Z'), 23)).toBe('2027-01-10');
  });
});
