import { type ReportedTest, NEVER, addDays, laterDay, schoolYearOf, stockholmDay, type Day } from '#canonical'; // prettier-ignore
import type { Rules } from './access-record.js';
import { lastSchoolYear } from './school-forms.js';
import type { Stay } from './trace-stays.js';

/** How long a test that has been begun, but stands in no calendar, is protected. */
export const UNLISTED_TEST_DAYS = 14;

/** The days on which one test binds a pupil to where they are: its window, until it is submitted. */
export interface TestBond {
  readonly from: Day;
  /** The last day; before `from` when the test was submitted before its window. */
  readonly to: Day;
}

/**
 * Completed means: the source says so, a VUXGY stay is over, or the last year of the school form ended at or after the end of its
 * spring term (design §6, rule 3). Without a calendar nobody knows the end of term, and the pupil is bridged rather than shut out.
 */
export function isCompleted(stay: Stay, { calendar }: Pick<Rules, 'calendar'>): boolean {
  if (stay.end === NEVER) return false;
  if (stay.saidCompleted || stay.isAdult) return true;
  const ended = endedSchoolYear(stay.end, calendar);
  return ended !== undefined && stay.schoolYear === lastSchoolYear(stay.schoolType, ended);
}

/** The school year whose spring term was over on a day, and that no other term had followed yet; a summer belongs to the year before it. */
function endedSchoolYear(day: Day, calendar: Rules['calendar']): number | undefined {
  const year = schoolYearOf(day);
  const spring = calendar.springEnd(year);
  if (spring !== undefined && day >= spring) return year;
  const before = calendar.springEnd(year - 1);
  const next = before === undefined ? undefined : calendar.nextTerm(before);
  return next !== undefined && day < next.startDate ? year - 1 : undefined;
}

/** The last day on which a stay gives access: its own, or that of the bridge behind it. */
export function lastDayOf(stay: Stay, rules: Rules, tests: readonly ReportedTest[]): Day {
  if (stay.end === NEVER || isCompleted(stay, rules)) return stay.end;
  return rules.policyOf(stay.huvudman).bridging ? bridgeEnd(stay, rules, tests) : stay.end;
}

/**
 * The last day of the bridge behind a stay by its huvudman's policy, whether or not that huvudman bridges: days into the next
 * term, a least number of days, and never inside the window of a test that the pupil has begun or is assigned.
 */
export function bridgeEnd(stay: Stay, rules: Rules, tests: readonly ReportedTest[]): Day {
  const policy = rules.policyOf(stay.huvudman);
  const nextTerm = rules.calendar.nextTerm(stay.end);
  let end = addDays(stay.end, policy.bridgeDaysMin);
  if (nextTerm) end = laterDay(end, addDays(nextTerm.startDate, policy.bridgeDaysIntoNextTerm));
  const bonds = bondsOf(stay, schoolYearOf(stay.end), { rules, tests }).sort((one, other) =>
    one.from < other.from ? -1 : 1,
  );
  for (const { from, to } of bonds) if (from <= end && to > end) end = to;
  return end;
}

/** The tests of a stay in one school year, assigned by the calendar or begun by the platform's word. */
export function bondsOf(
  stay: Stay,
  during: number,
  { rules, tests }: { readonly rules: Rules; readonly tests: readonly ReportedTest[] },
): TestBond[] {
  const listed = rules.calendar.testsFor(stay.schoolType, stay.schoolYear, during);
  const bonds = listed.map(({ activity, windowStart, windowEnd }) => ({
    from: windowStart,
    to: submittedBefore(activity, windowEnd, tests),
  }));
  for (const test of tests) {
    if (test.state !== 'begun' || listed.some(({ activity }) => activity === test.activity)) {
      continue;
    }
    const day = stockholmDay(new Date(test.at));
    if (schoolYearOf(day) === during)
      bonds.push({ from: day, to: addDays(day, UNLISTED_TEST_DAYS) });
  }
  return bonds;
}

function submittedBefore(activity: string, windowEnd: Day, tests: readonly ReportedTest[]): Day {
  const submitted = tests.find((test) => test.activity === activity && test.state === 'submitted');
  if (submitted === undefined) return windowEnd;
  const dayBefore = addDays(stockholmDay(new Date(submitted.at)), -1);
  return dayBefore < windowEnd ? dayBefore : windowEnd;
}
