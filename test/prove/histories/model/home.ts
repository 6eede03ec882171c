import { policyOf, schoolYear } from './calendar.js';
import { OPEN } from './known-enrolment.js';
import type { KnownTest } from './known-persons.js';
import { unlistedOf, windowsOf, type Stay } from './stays.js';

const NEAR_DAYS = 14;

export interface Home {
  readonly stay: Stay;
  /** Who else stays usable, and until when if that is a matter of days. */
  readonly contested: ReadonlyMap<Stay, number>;
}

/** What the home hangs on beside the stays of the day. */
export interface Circumstances {
  readonly tests: readonly KnownTest[];
  /** The schools that could be home on a day. */
  onDay(day: number): readonly Stay[];
}

/** Rule 1: among stays that overlap, in order of their starts, the home passes on unless a test holds it. */
export function homeAmong(stays: readonly Stay[], day: number, about: Circumstances): Home {
  const begunAt = stays.length > 1 ? whereBegun(day, about) : new Map<KnownTest, Stay>();
  const { home, waiting, passedOn } = homeOn(day, stays, { ...about, begunAt, asOf: day });
  const contested = new Map<Stay, number>(waiting.map((stay) => [stay, OPEN]));
  for (const [stay, since] of passedOn) {
    const until = since + policyOf(stay.huvudman).contestedDays;
    if (until >= day) contested.set(stay, until);
  }
  return { stay: home, contested };
}

/** A test that was begun under an EPPN of the home of its day was begun there; any other holds nobody. */
function whereBegun(asOf: number, about: Circumstances): ReadonlyMap<KnownTest, Stay> {
  const begunAt = new Map<KnownTest, Stay>();
  const begun = about.tests.filter(({ state }) => state === 'begun');
  for (const test of begun.sort((one, other) => one.day - other.day)) {
    const stays = about.onDay(test.day);
    if (stays.length === 0) continue;
    const { home } = homeOn(test.day, stays, { ...about, begunAt, asOf });
    if (home.huvudman === test.under || home.formerly.includes(test.under)) {
      begunAt.set(test, home);
    }
  }
  return begunAt;
}

interface Holding extends Pick<Circumstances, 'tests'> {
  readonly begunAt: ReadonlyMap<KnownTest, Stay>;
  /** The day whose school years count. */
  readonly asOf: number;
}

interface Passing {
  readonly home: Stay;
  readonly waiting: readonly Stay[];
  /** Since when somebody else is home. */
  readonly passedOn: ReadonlyMap<Stay, number>;
}

function homeOn(day: number, stays: readonly Stay[], holding: Holding): Passing {
  let home = stays[0]!;
  let waiting: Stay[] = [];
  const passedOn = new Map<Stay, number>();
  for (const next of stays.slice(1)) {
    const until = Math.max(next.start - 1, ...holdsOf(home, next, holding));
    if (until >= day) {
      waiting.push(next);
      continue;
    }
    for (const stay of [home, ...waiting]) passedOn.set(stay, until + 1);
    waiting = [];
    home = next;
  }
  return { home, waiting, passedOn };
}

/** The last days of what holds the home: windows that are open or near when the next school starts, and what was begun there. */
function holdsOf(home: Stay, next: Stay, { tests, begunAt, asOf }: Holding): number[] {
  const own = tests.filter((test) => begunAt.get(test) === home);
  const windows = windowsOf(home, schoolYear(next.start), { day: asOf, tests });
  return [
    ...windows.filter(({ from }) => from <= next.start + NEAR_DAYS),
    ...unlistedOf(home, { day: asOf, tests: own }),
  ].map(({ to }) => to);
}
