import { type ReportedTest, addDays, laterDay, schoolYearOf, type Day } from '#canonical';
import type { Rules } from './access-record.js';
import { bondsOf } from './bridge-leave.js';
import { byStart, type Stay } from './trace-stays.js';

/** A test begun, or one whose window comes within so many days of the later start, keeps the home where it is (rule 1). */
export const TEST_NEAR_DAYS = 14;

export interface HomeChoice {
  readonly home: Stay;
  /** The others that stay usable: told to their huvudman as contested. `until` is absent where nothing but a test delays them. */
  readonly contested: readonly { readonly stay: Stay; readonly until?: Day }[];
  readonly wakes: readonly Day[];
}

/**
 * Chooses the one home among stays that overlap today (design §6, rule 1). The later start wins, unless a test binds the pupil to
 * the earlier one; then the later one waits, and takes over when the test is submitted or its window is over. Who is not home is
 * contested for as many days as their own huvudman's policy says, counted from the day on which the home passed on.
 * It takes the stays, not who was home before, so that the order in which the facts came never shows (rule 6).
 *
 * @param stays at least one, all of them begun and not ended.
 */
export function chooseHome(
  stays: readonly Stay[],
  facts: { readonly rules: Rules; readonly tests: readonly ReportedTest[] },
): HomeChoice {
  const { today } = facts.rules;
  const [first, ...later] = [...stays].sort(byStart);
  let home = first!;
  const passed: { stay: Stay; since: Day }[] = [];
  let waiting: { stay: Stay; until: Day }[] = [];
  const wakes: Day[] = [];
  for (const next of later) {
    const boundUntil = lastBoundDay(home, next, facts);
    if (boundUntil >= today) {
      waiting.push({ stay: next, until: boundUntil });
      continue;
    }
    const since = laterDay(next.start, addDays(boundUntil, 1));
    passed.push({ stay: home, since }, ...waiting.map(({ stay }) => ({ stay, since })));
    waiting = [];
    home = next;
  }
  const contested: { stay: Stay; until?: Day }[] = [];
  for (const { stay, since } of passed) {
    const until = addDays(since, facts.rules.policyOf(stay.huvudman).contestedDays);
    wakes.push(addDays(until, 1));
    if (until >= today) contested.push({ stay, until });
  }
  for (const { stay, until } of waiting) {
    wakes.push(addDays(until, 1));
    contested.push({ stay });
  }
  return { home, contested, wakes };
}

/** The last day on which a test keeps the home from passing on; a day before the later start when none does. */
function lastBoundDay(
  home: Stay,
  next: Stay,
  facts: { readonly rules: Rules; readonly tests: readonly ReportedTest[] },
): Day {
  const near = addDays(next.start, TEST_NEAR_DAYS);
  let last = addDays(next.start, -1);
  for (const { from, to } of bondsOf(home, schoolYearOf(next.start), facts)) {
    if (from <= near && to >= next.start) last = laterDay(last, to);
  }
  return last;
}
