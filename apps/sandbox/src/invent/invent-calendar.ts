import { type CalendarSetting, addDays, schoolYearOf, type Day } from '#canonical';
import type { TestActivity } from './public-data.js';

const WINDOW_DAYS = 14;
const WINDOW_STEP_DAYS = 7;
/** A window is open already when the town is invented, so that there is something to see on any day of the year. */
const OPEN_SINCE_DAYS = 7;

/** Courses of GY that its years write, by the beginning of the activity's name: nobody writes all of them. */
const COURSE_YEARS: readonly (readonly [RegExp, number])[] = [
  [/^(ENGENG05|SVESVE01|MATMAT01b)_/, 1],
  [/^(ENGENG06|MATMAT02b)_/, 2],
  [/^(SVESVE03|MATMAT03b)_/, 3],
];
/** The course that the town's teaching activities are of: its tests are for those who take it. */
const TAUGHT_COURSE = /^MATMAT/;

/** Terms of three school years around the day, and a window for each of Skolverket's activities that the town's schools write. */
export function inventCalendar(day: Day, activities: readonly TestActivity[]): CalendarSetting {
  const year = schoolYearOf(day);
  const windows = new Map<string, number>();
  const tests = activities.flatMap((activity) => {
    const placed = placeOf(activity);
    if (placed === undefined) return [];
    const row = `${placed.schoolType}/${placed.schoolYear}`;
    const number = windows.get(row) ?? 0;
    windows.set(row, number + 1);
    const windowStart = addDays(day, number * WINDOW_STEP_DAYS - OPEN_SINCE_DAYS);
    const { id, displayName } = activity;
    const windowEnd = addDays(windowStart, WINDOW_DAYS - 1);
    return [{ activity: id, displayName, ...placed, windowStart, windowEnd }];
  });
  return {
    kind: 'calendar',
    id: 'sandbox',
    terms: [year - 1, year, year + 1].flatMap((start) => [
      { name: `Autumn ${start}`, startDate: `${start}-08-18`, endDate: `${start}-12-19` },
      {
        name: `Spring ${start + 1}`,
        startDate: `${start + 1}-01-09`,
        endDate: `${start + 1}-06-12`,
      },
    ]),
    tests,
  };
}

function placeOf({ displayName, schoolType, schoolYear }: TestActivity) {
  if (schoolType === 'GR' && schoolYear !== undefined) return { schoolType, schoolYear };
  if (schoolType !== 'GY') return undefined;
  const found = COURSE_YEARS.find(([name]) => name.test(displayName));
  if (found === undefined) return undefined;
  const assignedBy = TAUGHT_COURSE.test(displayName) ? ('course' as const) : undefined;
  return { schoolType, schoolYear: found[1], ...(assignedBy && { assignedBy }) };
}
