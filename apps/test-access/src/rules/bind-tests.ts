import { type ReportedTest, addDays, schoolYearOf, stockholmDay, type Day } from '#canonical';
import type { CalendarTest } from './arrange-calendar.js';
import type { PupilFacts } from './pupil-facts.js';
import { takeCourses } from './take-courses.js';
import type { Stay } from './trace-stays.js';

/** How long a test that has been begun, but stands in no calendar, is protected. */
export const UNLISTED_TEST_DAYS = 14;

/** The days on which one test binds a pupil to where they are. */
export interface TestBond {
  readonly from: Day;
  /** The last day; before `from` when the test was submitted before its window. */
  readonly to: Day;
}

export type BindingFacts = Pick<PupilFacts, 'stays' | 'tests' | 'participations' | 'rules'>;

/** The windows of the tests that a stay is assigned in one school year, by year or by course, each until the test is submitted. */
export function windowBonds(stay: Stay, during: number, facts: BindingFacts): TestBond[] {
  return assignedIn(during, stay, facts).map(({ activity, windowStart, windowEnd }) => {
    const submitted = facts.tests.find(
      (test) =>
        test.activity === activity &&
        test.state === 'submitted' &&
        schoolYearOf(dayOf(test)) === during,
    );
    const dayBefore = submitted && addDays(dayOf(submitted), -1);
    const isEarly = dayBefore !== undefined && dayBefore < windowEnd;
    return { from: windowStart, to: isEarly ? dayBefore : windowEnd };
  });
}

/** The begun tests that the stay was not assigned in the school year in which they were begun. */
export function begunBonds(stay: Stay, facts: BindingFacts): TestBond[] {
  const bonds: TestBond[] = [];
  for (const test of facts.tests) {
    if (test.state !== 'begun') continue;
    const from = dayOf(test);
    const assigned = assignedIn(schoolYearOf(from), stay, facts);
    if (assigned.some(({ activity }) => activity === test.activity)) continue;
    bonds.push({ from, to: addDays(from, UNLISTED_TEST_DAYS) });
  }
  return bonds;
}

/** The day on which a test came to stand as it was reported. */
export function dayOf({ at }: ReportedTest): Day {
  return stockholmDay(new Date(at));
}

/** Nothing is assigned in the school years after the one in which the stay ended. */
function assignedIn(during: number, stay: Stay, facts: BindingFacts): readonly CalendarTest[] {
  if (schoolYearOf(stay.end) < during) return [];
  const { schoolType, schoolYear } = stay;
  const { calendar } = facts.rules;
  const courses = calendar.courseTestsFor(schoolType, schoolYear, during);
  const taken = takeCourses(courses, stay, { ...facts, isProtected: false });
  return [...calendar.testsFor(schoolType, schoolYear, during), ...taken];
}
