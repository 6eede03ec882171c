import type { ReportedTest } from '#canonical';
import { dayOf } from './bind-tests.js';
import { passHome, type PlacedTest } from './pass-home.js';
import type { PupilFacts } from './pupil-facts.js';
import type { Stay } from './trace-stays.js';

/**
 * Where each test was begun: in the stay that was home on that day, if the platform named an EPPN of its huvudman, or of one that had the
 * unit before. Begun anywhere else it binds nobody: an entry that was no home then must not become it by what was written there.
 */
export function placeBegunTests(facts: PupilFacts): readonly PlacedTest[] {
  const placed: PlacedTest[] = [];
  const begun = facts.tests
    .filter(({ state }) => state === 'begun')
    .map((test) => ({ test, day: dayOf(test) }))
    .sort((one, other) => (one.day < other.day ? -1 : 1));
  for (const { test, day } of begun) {
    const there = facts.stays.filter((one) => !one.isAdult && one.start <= day && one.end >= day);
    if (there.length === 0) continue;
    const usable = there.filter((stay) => facts.eppnOf(stay) !== null);
    const stays = usable.length > 0 ? usable : there;
    const { home } = passHome(stays, day, { facts, begun: placed });
    if (isEppnOf(home, test)) placed.push({ test, stay: home });
  }
  return placed;
}

/** Of whose EPPN nothing is known, it was the one of the home. */
function isEppnOf(stay: Stay, { huvudman }: ReportedTest): boolean {
  return (
    huvudman === undefined || huvudman === stay.huvudman || stay.formerHuvudmen.includes(huvudman)
  );
}
