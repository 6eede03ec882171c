import { nextTermStart, policyOf, schoolYear, springEnd, WINDOWS, type Window } from './calendar.js'; // prettier-ignore
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

export interface Bond {
  readonly from: number;
  readonly to: number;
}

/** The windows of one school year in which the pupil of a stay has a test to write, up to the day before it is handed in. */
export function windowsOf(stay: Stay, year: number, { day, tests }: Of): Bond[] {
  const handedIn = tests.filter((test) => test.state === 'submitted' && schoolYear(test.day) === year); // prettier-ignore
  return listOf(stay, year, day).map(({ activity, from, to }) => {
    const days = handedIn.filter((test) => test.activity === activity).map((test) => test.day - 1);
    return { from, to: Math.min(to, ...days) };
  });
}

/** A begun test that is not on the list of its school year binds for some days. */
export function unlistedOf(stay: Stay, { day, tests }: Of): Bond[] {
  const unlisted = tests.filter(
    (test) =>
      test.state === 'begun' &&
      !listOf(stay, schoolYear(test.day), day).some(({ activity }) => activity === test.activity),
  );
  return unlisted.map((test) => ({ from: test.day, to: test.day + UNLISTED_DAYS }));
}

export interface Of {
  /** As of which day. */
  readonly day: number;
  readonly tests: readonly KnownTest[];
}

/** What the calendar gives the stay’s school year to write; nothing in years that the stay did not see. */
function listOf(stay: Stay, year: number, day: number): readonly Window[] {
  const part = partOn(stay, day);
  return WINDOWS.filter(
    (one) =>
      one.schoolType === part.schoolType &&
      (one.schoolYear === undefined || one.schoolYear === part.schoolYear) &&
      schoolYear(one.from) === year &&
      (stay.end === OPEN || schoolYear(stay.end) >= year),
  );
}

/** Rule 3: the last day of the bridge behind a stay. */
export function bridgeEnd(stay: Stay, day: number, tests: readonly KnownTest[]): number {
  const { leastDays, intoNextTerm } = policyOf(stay.huvudman);
  const term = nextTermStart(stay.end);
  let end = Math.max(stay.end + leastDays, term === undefined ? 0 : term + intoNextTerm);
  const bonds = [
    ...windowsOf(stay, schoolYear(stay.end), { day, tests }),
    ...unlistedOf(stay, { day, tests }),
  ];
  for (const { from, to } of bonds.sort((one, other) => one.from - other.from)) {
    if (from <= end && to > end) end = to;
  }
  return end;
}
