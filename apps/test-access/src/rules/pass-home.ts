import { type ReportedTest, addDays, laterDay, schoolYearOf, type Day } from '#canonical';
import { begunBonds, windowBonds, type BindingFacts } from './bind-tests.js';
import { byStart, type Stay } from './trace-stays.js';

/** A test begun, or one whose window comes within so many days of the later start, keeps the home where it is (rule 1). */
export const TEST_NEAR_DAYS = 14;

/** A test that was begun where the home was then. */
export interface PlacedTest {
  readonly test: ReportedTest;
  readonly stay: Stay;
}

export interface PassedHome {
  readonly home: Stay;
  /** Who has the home no more, or was passed over, and since when. */
  readonly passed: readonly { readonly stay: Stay; readonly since: Day }[];
  /** Later starts that a test keeps waiting, each through a day. */
  readonly waiting: readonly { readonly stay: Stay; readonly until: Day }[];
}

/**
 * The home passes from the earlier start to the later, unless a test binds it; then the later one waits until the test is over.
 *
 * @param stays at least one; all of them stand on `day`.
 */
export function passHome(
  stays: readonly Stay[],
  day: Day,
  about: { readonly facts: BindingFacts; readonly begun: readonly PlacedTest[] },
): PassedHome {
  const [first, ...later] = [...stays].sort(byStart);
  let home = first!;
  const passed: { stay: Stay; since: Day }[] = [];
  let waiting: { stay: Stay; until: Day }[] = [];
  for (const next of later) {
    const boundUntil = lastBoundDay(home, next, about);
    if (boundUntil >= day) {
      waiting.push({ stay: next, until: boundUntil });
      continue;
    }
    const since = laterDay(next.start, addDays(boundUntil, 1));
    passed.push({ stay: home, since }, ...waiting.map(({ stay }) => ({ stay, since })));
    waiting = [];
    home = next;
  }
  return { home, passed, waiting };
}

/**
 * The last day on which a test keeps the home from passing on; a day before the later start when none does. What a later school
 * teaches assigns nothing to an earlier one.
 */
function lastBoundDay(
  home: Stay,
  next: Stay,
  { facts, begun }: { readonly facts: BindingFacts; readonly begun: readonly PlacedTest[] },
): Day {
  const stays = facts.stays.filter((stay) => byStart(stay, next) < 0);
  const near = addDays(next.start, TEST_NEAR_DAYS);
  const windows = windowBonds(home, schoolYearOf(next.start), { ...facts, stays });
  const tests = begun.filter(({ stay }) => stay === home).map(({ test }) => test);
  const bonds = [
    ...windows.filter(({ from }) => from <= near),
    ...begunBonds(home, { ...facts, stays, tests }),
  ];
  let last = addDays(next.start, -1);
  for (const { to } of bonds) last = laterDay(last, to);
  return last;
}
