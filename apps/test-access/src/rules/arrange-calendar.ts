import { type CalendarSetting, type SchoolType, schoolYearOf, type Day } from '#canonical';

export interface CalendarTest {
  readonly activity: string;
  readonly schoolType: SchoolType;
  /** Absent: every year of the school type writes it. */
  readonly schoolYear?: number;
  readonly assignedBy?: 'year' | 'course';
  readonly windowStart: Day;
  readonly windowEnd: Day;
}

export interface Term {
  readonly startDate: Day;
  readonly endDate: Day;
}

/** All calendars as one, arranged for asking. Days are inclusive at both ends. */
export interface Calendar {
  readonly terms: readonly Term[];
  /** The first term that starts after a day. */
  nextTerm(day: Day): Term | undefined;
  /** The last day of the spring term of the school year that began in a year: where an education's last year ends. */
  springEnd(schoolYear: number): Day | undefined;
  /** What a pupil of this school type and year writes in the school year that began in `during`, by window. */
  testsFor(
    schoolType: SchoolType,
    schoolYear: number | undefined,
    during: number,
  ): readonly CalendarTest[];
  /** What pupils of this school type write of their courses in the school year that began in `during`, by window. */
  courseTestsFor(
    schoolType: SchoolType,
    schoolYear: number | undefined,
    during: number,
  ): readonly CalendarTest[];
  /** In which school types any test is assigned by course. */
  readonly courseSchoolTypes: ReadonlySet<SchoolType>;
  /** Whether any test's window touches the days. */
  touchesWindow(from: Day, to: Day): boolean;
}

/** Pure; the answers are remembered, since one calendar serves every pupil of a batch. */
export function arrangeCalendar(settings: readonly CalendarSetting[]): Calendar {
  const terms = settings
    .flatMap((calendar) => calendar.terms)
    .filter(({ startDate, endDate }) => startDate <= endDate)
    .sort((one, other) => (one.startDate < other.startDate ? -1 : 1));
  const tests = settings
    .flatMap((calendar) => calendar.tests)
    .filter(({ windowStart, windowEnd }) => windowStart <= windowEnd)
    .sort(byWindow);
  const byCourse = tests.filter(({ assignedBy }) => assignedBy === 'course');
  const remembered = new Map<string, readonly CalendarTest[]>();
  const testsOf = (
    by: 'year' | 'course',
    schoolType: SchoolType,
    schoolYear: number | undefined,
    during: number,
  ) => {
    const key = `${by}/${schoolType}/${schoolYear ?? ''}/${during}`;
    let found = remembered.get(key);
    if (found === undefined) {
      found = tests.filter(
        (test) =>
          (test.assignedBy ?? 'year') === by &&
          test.schoolType === schoolType &&
          (test.schoolYear === undefined || test.schoolYear === schoolYear) &&
          schoolYearOf(test.windowStart) === during,
      );
      remembered.set(key, found);
    }
    return found;
  };
  return {
    terms,
    nextTerm: (day) => terms.find(({ startDate }) => startDate > day),
    springEnd: (schoolYear) => springEnd(terms, schoolYear),
    testsFor: (...pupil) => testsOf('year', ...pupil),
    courseTestsFor: (...pupil) => testsOf('course', ...pupil),
    courseSchoolTypes: new Set(byCourse.map(({ schoolType }) => schoolType)),
    touchesWindow: (from, to) =>
      tests.some(({ windowStart, windowEnd }) => windowStart <= to && windowEnd >= from),
  };
}

/** A term that begins in the first half of the year is a spring term, whatever it is called. */
function springEnd(terms: readonly Term[], schoolYear: number): Day | undefined {
  const springs = terms.filter(
    ({ startDate }) => startDate.slice(5, 7) < '07' && schoolYearOf(startDate) === schoolYear,
  );
  return springs
    .map(({ endDate }) => endDate)
    .sort()
    .at(-1);
}

function byWindow(one: CalendarTest, other: CalendarTest): number {
  const [first, second] = [one, other].map(
    ({ windowStart, windowEnd, activity }) => `${windowStart}${windowEnd}${activity}`,
  );
  return first! < second! ? -1 : 1;
}
