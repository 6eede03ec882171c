import { addDays, type Day } from '#canonical';
import { passHome } from './pass-home.js';
import { placeBegunTests } from './place-begun-tests.js';
import type { PupilFacts } from './pupil-facts.js';
import type { Stay } from './trace-stays.js';

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
 * It takes the stays, not who was home before, so that the order in which the facts came never shows (rule 6): who was home when
 * a test was begun follows from the same stays.
 *
 * @param stays at least one, all of them begun and not ended.
 */
export function chooseHome(stays: readonly Stay[], facts: PupilFacts): HomeChoice {
  const { today } = facts.rules;
  const begun = stays.length > 1 ? placeBegunTests(facts) : [];
  const { home, passed, waiting } = passHome(stays, today, { facts, begun });
  const contested: { stay: Stay; until?: Day }[] = [];
  const wakes: Day[] = [];
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
