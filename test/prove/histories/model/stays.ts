import { nextTermStart, policyOf, schoolYear, springEnd, WINDOWS } from './calendar.js';
import { OPEN, type KnownEnrolment } from './known-enrolment.js';
import type { KnownPerson, KnownTest } from './known-persons.js';

/** A pupil's unbroken time at one unit, as pupil of its school or in adult education. */
export interface Stay {
  readonly place: string;
  /** On the day in question; another one had the unit before. */
  readonly huvudman: string;
  readonly formerly: readonly string[];
  readonly unit: string;
  readonly isAdult: boolean;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly KnownEnrolment[];
}

const TEST_SCHOOLS = new Set(['GR', 'SP', 'SAM', 'GY', 'VUXGY']);
/** Last school year of a school that has years. */
const LAST_YEAR: Readonly<Record<string, number>> = { GR: 9, SP: 10, SAM: 6, GY: 3 };
/** A test that stands in no calendar binds for so many days. */
const UNLISTED_DAYS = 14;
const NEAR_DAYS = 14;

/** By start; whose each is, as of a day. */
export function staysOf({ enrolments }: KnownPerson, day: number): Stay[] {
  const byPlace = new Map<string, KnownEnrolment[]>();
  for (const one of enrolments) {
    if (one.cancelled || one.end < one.start || !TEST_SCHOOLS.has(one.schoolType)) continue;
    const place = `${one.unit}/${one.schoolType === 'VUXGY' ? 'adult' : 'school'}`;
    const others = byPlace.get(place);
    if (others === undefined) byPlace.set(place, [one]);
    else others.push(one);
  }
  const stays: Stay[] = [];
  for (const [place, all] of byPlace) stays.push(...joinRuns(place, all, day));
  return stays.sort((one, other) => one.start - other.start || (one.place < other.place ? -1 : 1));
}

function joinRuns(place: string, all: KnownEnrolment[], day: number): Stay[] {
  all.sort((one, other) => one.start - other.start || one.end - other.end);
  const runs: { start: number; end: number; parts: KnownEnrolment[] }[] = [];
  for (const one of all) {
    const last = runs.at(-1);
    if (last !== undefined && one.start <= last.end + 1) {
      last.end = Math.max(last.end, one.end);
      last.parts.push(one);
    } else runs.push({ start: one.start, end: one.end, parts: [one] });
  }
  const { unit, schoolType } = all[0]!;
  return runs.map((run) => {
    const { huvudman } = partOn(run, day);
    const begun = run.parts.filter(({ start }) => start <= day);
    const had = begun.flatMap((one) => [one.saidBy, one.huvudman]);
    const formerly = [...new Set(had)].filter((one) => one !== huvudman);
    return { place: `${huvudman}/${place}`, huvudman, formerly, unit, isAdult: schoolType === 'VUXGY', ...run }; // prettier-ignore
  });
}

export function isActive({ start, end }: Stay, day: number): boolean {
  return start <= day && end >= day;
}

/** The enrolment whose school year counts on a day: of those in force the last to start, else the last that began. */
export function partOn({ parts }: Pick<Stay, 'parts'>, day: number): KnownEnrolment {
  const begun = parts.filter(({ start }) => start <= day);
  const now = begun.filter(({ end }) => end >= day);
  return (now.length > 0 ? now : begun.length > 0 ? begun : parts.slice(0, 1)).at(-1)!;
}

export function isCompleted(stay: Stay, day: number): boolean {
  if (stay.end === OPEN) return false;
  if (stay.isAdult) return true;
  const part = partOn(stay, day);
  if (part.schoolYear === undefined || part.schoolYear !== LAST_YEAR[part.schoolType]) return false;
  const spring = springEnd(schoolYear(stay.end));
  return spring !== undefined && stay.end >= spring;
}

/** When the tests of a stay bind their pupil, in the school year of a day. */
export function bondsOf(
  stay: Stay,
  during: number,
  { day, tests }: { readonly day: number; readonly tests: readonly KnownTest[] },
): { readonly from: number; readonly to: number }[] {
  const part = partOn(stay, day);
  const year = schoolYear(during);
  const listed = WINDOWS.filter(
    (one) =>
      one.schoolType === part.schoolType &&
      (one.schoolYear === undefined || one.schoolYear === part.schoolYear) &&
      schoolYear(one.from) === year,
  );
  const bonds = listed.map(({ activity, from, to }) => {
    const done = tests.find((test) => test.activity === activity && test.state === 'submitted');
    return { from, to: done === undefined ? to : Math.min(to, done.day - 1) };
  });
  for (const { activity, state, day: begun } of tests) {
    const isListed = listed.some((one) => one.activity === activity);
    if (state === 'begun' && !isListed && schoolYear(begun) === year) {
      bonds.push({ from: begun, to: begun + UNLISTED_DAYS });
    }
  }
  return bonds.sort((one, other) => one.from - other.from);
}

/** Rule 3: the last day of the bridge behind a stay. */
export function bridgeEnd(stay: Stay, day: number, tests: readonly KnownTest[]): number {
  const { leastDays, intoNextTerm } = policyOf(stay.huvudman);
  const term = nextTermStart(stay.end);
  let end = Math.max(stay.end + leastDays, term === undefined ? 0 : term + intoNextTerm);
  for (const { from, to } of bondsOf(stay, stay.end, { day, tests })) {
    if (from <= end && to > end) end = to;
  }
  return end;
}

export interface Home {
  readonly stay: Stay;
  /** Who else stays usable, and until when if that is a matter of days. */
  readonly contested: ReadonlyMap<Stay, number>;
}

/** Rule 1: among stays that overlap, in order of their starts, the home passes on unless a test holds it. */
export function homeAmong(stays: readonly Stay[], day: number, tests: readonly KnownTest[]): Home {
  let home = stays[0]!;
  let waiting: Stay[] = [];
  const passedOn = new Map<Stay, number>();
  for (const next of stays.slice(1)) {
    const holding = bondsOf(home, next.start, { day, tests })
      .filter(({ from, to }) => from <= next.start + NEAR_DAYS && to >= next.start)
      .map(({ to }) => to);
    const until = Math.max(next.start - 1, ...holding);
    if (until >= day) {
      waiting.push(next);
      continue;
    }
    const since = Math.max(next.start, until + 1);
    for (const stay of [home, ...waiting]) passedOn.set(stay, since);
    waiting = [];
    home = next;
  }
  const contested = new Map<Stay, number>(waiting.map((stay) => [stay, OPEN]));
  for (const [stay, since] of passedOn) {
    const until = since + policyOf(stay.huvudman).contestedDays;
    if (until >= day) contested.set(stay, until);
  }
  return { stay: home, contested };
}
