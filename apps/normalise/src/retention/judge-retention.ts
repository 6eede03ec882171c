import type { AccessPolicy, CalendarSetting, PersonState } from '#canonical';

const DAY_MS = 86_400_000;
/** The longest time between two terms, in days, with room to spare. */
const BREAK_DAYS_MAX = 120;
/** An end may be postponed for so long beyond the bridge (design §6, rule 7). */
const POSTPONED_DAYS_MAX = 30;

/** Somebody whom no student register asserts any more, with all that the retention hangs on. */
export interface DormantPerson {
  readonly id: string;
  readonly state: PersonState;
  /** By the hub's own time. */
  readonly dormantSince: Date;
  /** Also those that were dropped. */
  readonly claims: readonly { readonly huvudman: string; readonly isLive: boolean }[];
  /** An event about the person lies parked. */
  readonly isParked: boolean;
  /** A human has not answered yet whether the person is another. */
  readonly isAsked: boolean;
  /** A source that has spoken of the person is silent beyond its contract. */
  readonly isSourceSilent: boolean;
}

/** The policies of the day. */
export interface RetentionRules {
  readonly now: Date;
  /** YYYY-MM-DD in Sweden. */
  readonly today: string;
  /** Of the hub, and of a huvudman that has not said otherwise. */
  readonly dormantDays: number;
  readonly dormantDaysOf: (huvudman: string) => number | undefined;
  readonly policyOf: (huvudman: string) => AccessPolicy;
  readonly calendars: readonly CalendarSetting[];
}

/** Why somebody stays who has been dormant for as long as one of their huvudmän, or the hub, keeps them. */
export const KEPT_BECAUSE = [
  'not-yet',
  'kept-for-another',
  'live-claim',
  'enrolment-or-duty',
  'open-test',
  'parked-event',
  'open-question',
  'silent-source',
] as const;
export type KeptBecause = (typeof KEPT_BECAUSE)[number];

/** What is to be done about one person, and the huvudmän whose own time is over: who know the person by a claim or a stay. */
export interface RetentionVerdict {
  /** Undefined: the person is to be erased. */
  readonly kept: KeptBecause | undefined;
  readonly overFor: readonly string[];
}

/**
 * Whether the time of a dormant person is over. Of several huvudmän the longest time counts: a person is erased whole or not at all,
 * and none of them may lose by another's word what it still has to keep (decision 16). Nothing unsettled about the person is settled
 * by erasing them, and nobody is erased on knowledge that may be stale.
 */
export function judgeRetention(person: DormantPerson, rules: RetentionRules): RetentionVerdict {
  const huvudmen = huvudmenOf(person);
  const limits = huvudmen.map((huvudman) => [huvudman, keptDays(huvudman, rules)] as const);
  const overFor = limits
    .filter(([, days]) => isOver(person, days, rules))
    .map(([huvudman]) => huvudman);
  const isOverForAll =
    huvudmen.length === 0
      ? isOver(person, rules.dormantDays, rules)
      : overFor.length === huvudmen.length;
  if (!isOverForAll) return { kept: overFor.length > 0 ? 'kept-for-another' : 'not-yet', overFor };
  return { kept: whatHolds(person, rules), overFor };
}

/**
 * So many days a huvudman keeps somebody who is dormant: its own word, or the hub's; and never less than its longest bridge, behind
 * which a pupil may still reach the test.
 */
export function keptDays(
  huvudman: string,
  { dormantDays, dormantDaysOf, policyOf }: RetentionRules,
): number {
  return Math.max(dormantDaysOf(huvudman) ?? dormantDays, bridgeDaysMax(policyOf(huvudman)));
}

/** The fewest days for which anybody is kept: whoever is dormant for less need not be looked at. */
export function keptDaysMin(rules: RetentionRules, huvudmen: readonly string[]): number {
  return Math.min(rules.dormantDays, ...huvudmen.map((huvudman) => keptDays(huvudman, rules)));
}

function bridgeDaysMax(policy: AccessPolicy): number {
  if (!policy.bridging) return 0;
  const { bridgeDaysMin, bridgeDaysIntoNextTerm } = policy;
  return Math.max(bridgeDaysMin, BREAK_DAYS_MAX + bridgeDaysIntoNextTerm) + POSTPONED_DAYS_MAX;
}

function isOver({ dormantSince }: DormantPerson, days: number, { now }: RetentionRules): boolean {
  return dormantSince.getTime() + days * DAY_MS <= now.getTime();
}

function huvudmenOf({ claims, state }: DormantPerson): string[] {
  const named = [...claims, ...state.enrolments, ...state.duties];
  return [...new Set(named.map(({ huvudman }) => huvudman))].sort();
}

function whatHolds(person: DormantPerson, rules: RetentionRules): KeptBecause | undefined {
  const { claims, isParked, isAsked, isSourceSilent } = person;
  if (claims.some(({ isLive }) => isLive)) return 'live-claim';
  if (hasRunningStay(person, rules)) return 'enrolment-or-duty';
  if (hasOpenTest(person, rules)) return 'open-test';
  if (isParked) return 'parked-event';
  if (isAsked) return 'open-question';
  return isSourceSilent ? 'silent-source' : undefined;
}

/** An enrolment or duty that has not ended; one that is still to begin has not either. */
function hasRunningStay({ state }: DormantPerson, { today }: RetentionRules): boolean {
  const enrolments = state.enrolments.filter(({ cancelled }) => !cancelled);
  return [...enrolments, ...state.duties].some(
    ({ endDate }) => endDate === undefined || endDate >= today,
  );
}

/** A test that was not submitted and whose window is not over. */
function hasOpenTest({ state }: DormantPerson, { calendars, today }: RetentionRules): boolean {
  const open = new Set(
    calendars.flatMap(({ tests }) =>
      tests.filter(({ windowEnd }) => windowEnd >= today).map(({ activity }) => activity),
    ),
  );
  return state.tests.some((test) => test.state !== 'submitted' && open.has(test.activity));
}
