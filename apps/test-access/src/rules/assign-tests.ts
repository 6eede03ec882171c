import { type ReportedTest, type TestAssignment, addDays, earlierDay, laterDay, schoolYearOf, stockholmDay, type Day } from '#canonical'; // prettier-ignore
import type { KeptAbsence, Rules } from './access-record.js';
import { UNLISTED_TEST_DAYS } from './bind-tests.js';
import { takeCourses, type Participation } from './take-courses.js';
import type { Stay } from './trace-stays.js';

export interface TestFacts {
  readonly person: string;
  /** Where the pupil is, or has been: a test whose window was over before the first of them is none of theirs. */
  readonly stays: readonly Stay[];
  /** Where tests are assigned, the most binding first. */
  readonly seats: readonly Stay[];
  readonly reported: readonly ReportedTest[];
  /** The courses that schools say the pupil takes. */
  readonly participations: readonly Participation[];
  readonly absences: readonly KeptAbsence[];
  /** The present assignments: what is already assigned keeps its id. */
  readonly present: readonly TestAssignment[];
  readonly isProtected: boolean;
  readonly rules: Rules;
  newId(name: string): string;
}

/**
 * The tests of this school year, at the unit where the pupil now is (design §6, rule 4). The id follows from person, activity and
 * school year, and the state from what the platform has said, so that both are kept through every move. Only `missed` belongs to
 * the place: an absence counts for the huvudman that reported it, and the next one gets the test as not begun.
 */
export function assignTests(facts: TestFacts): { tests: TestAssignment[]; wakes: Day[] } {
  if (facts.seats.length === 0) return { tests: [], wakes: [] };
  const year = schoolYearOf(facts.rules.today);
  const wakes = [`${year + 1}-07-01`];
  const tests = new Map<string, TestAssignment>();
  for (const seat of facts.seats) {
    const placed = [...listedTests(seat, year, facts), ...unlistedTests(seat, year, facts)];
    for (const { activity, windowStart, windowEnd } of placed) {
      const place = facts.isProtected ? `${activity}/${seat.huvudman}` : activity;
      if (tests.has(place)) continue;
      const plain = {
        activity,
        huvudman: seat.huvudman,
        schoolUnit: seat.schoolUnit,
        windowStart,
        windowEnd,
      };
      const state = stateOf(plain, seat, facts, wakes);
      tests.set(place, { id: idOf(plain, year, facts), ...plain, state });
    }
  }
  return { tests: [...tests.values()], wakes };
}

type Placed = Pick<TestAssignment, 'activity' | 'windowStart' | 'windowEnd'>;

function listedTests(seat: Stay, year: number, facts: TestFacts): readonly Placed[] {
  if (schoolYearOf(seat.end) < year) return [];
  const origins = facts.isProtected ? [seat] : facts.stays;
  const first = origins.reduce((earliest, { start }) => earlierDay(earliest, start), seat.start);
  const { today, calendar } = facts.rules;
  const byActivity = new Map<string, Placed>();
  const { schoolType, schoolYear } = seat;
  const courses = calendar.courseTestsFor(schoolType, schoolYear, year);
  const tests = [
    ...calendar.testsFor(schoolType, schoolYear, year),
    ...takeCourses(courses, seat, facts),
  ];
  for (const test of tests) {
    const known = byActivity.get(test.activity);
    if (test.windowEnd < first || (known && known.windowEnd >= today)) continue;
    byActivity.set(test.activity, test);
  }
  return [...byActivity.values()];
}

/** What the platform has begun without, or against, the calendar is the pupil's all the same. */
function unlistedTests(seat: Stay, year: number, facts: TestFacts): Placed[] {
  const unlisted: Placed[] = [];
  for (const { activity, at } of reportsAt(seat, facts)) {
    const day = stockholmDay(new Date(at));
    if (schoolYearOf(day) !== year) continue;
    unlisted.push({ activity, windowStart: day, windowEnd: addDays(day, UNLISTED_TEST_DAYS) });
  }
  return unlisted;
}

/** With a protected person, what was done at one place, or under the EPPN of one huvudman, is not told at another (rule 8). */
function reportsAt(seat: Stay, { reported, isProtected }: TestFacts): readonly ReportedTest[] {
  if (!isProtected) return reported;
  return reported.filter(({ at, huvudman = seat.huvudman }) => {
    if (![seat.huvudman, ...seat.formerHuvudmen].includes(huvudman)) return false;
    const day = stockholmDay(new Date(at));
    return day >= seat.start && day <= seat.end;
  });
}

function stateOf(
  { activity, huvudman, windowStart, windowEnd }: Omit<TestAssignment, 'id' | 'state'>,
  seat: Stay,
  facts: TestFacts,
  wakes: Day[],
): TestAssignment['state'] {
  const year = schoolYearOf(windowStart);
  const states = reportsAt(seat, facts)
    .filter((test) => test.activity === activity)
    .filter(({ at }) => schoolYearOf(stockholmDay(new Date(at))) === year)
    .map(({ state }) => state);
  if (states.includes('submitted')) return 'submitted';
  if (states.includes('begun')) return 'begun';
  // The unit's catch-up list goes over to its new owner with the pupils.
  const owners = [huvudman, ...(huvudman === seat.huvudman ? seat.formerHuvudmen : [])];
  for (const absence of facts.absences) {
    if (!owners.includes(absence.huvudman)) continue;
    const day = laterDay(absence.from, windowStart);
    if (day > earlierDay(absence.to, windowEnd)) continue;
    if (day <= facts.rules.today) return 'missed';
    wakes.push(day);
  }
  return 'assigned';
}

/** A protected person's assignments at two huvudmän must not be one by their id, so that new ones are named with the huvudman. */
function idOf(
  { activity, huvudman }: Pick<TestAssignment, 'activity' | 'huvudman'>,
  year: number,
  { person, present, isProtected, newId }: TestFacts,
): string {
  const same = present.filter(
    (test) => test.activity === activity && schoolYearOf(test.windowStart) === year,
  );
  const kept =
    same.find((test) => test.huvudman === huvudman) ?? (isProtected ? undefined : same[0]);
  if (kept) return kept.id;
  let name = `${person}|${activity}|${year}`;
  if (isProtected) name += `|${huvudman}`;
  let id = newId(name);
  // One that was named here may have moved on meanwhile.
  while (present.some((test) => test.id === id)) id = newId((name += '|again'));
  return id;
}
