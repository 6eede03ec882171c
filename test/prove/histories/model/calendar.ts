import { dayNumber, dayText } from '../history.js';
import { CALENDAR, HUVUDMEN } from '../world.js';

/** The calendar and the policies, as the model reads them: days as numbers. */

export interface Window {
  readonly activity: string;
  readonly schoolType: string;
  readonly schoolYear: number | undefined;
  readonly from: number;
  readonly to: number;
}

export const WINDOWS: readonly Window[] = CALENDAR.tests.map((test) => ({
  activity: test.activity,
  schoolType: test.schoolType,
  schoolYear: test.schoolYear,
  from: dayNumber(test.windowStart),
  to: dayNumber(test.windowEnd),
}));

const TERMS = CALENDAR.terms.map(({ startDate, endDate }) => ({
  start: dayNumber(startDate),
  end: dayNumber(endDate),
}));

/** The year in which the school year of a day began, on July 1. */
export function schoolYear(day: number): number {
  const [year, month] = dayText(day).split('-').map(Number) as [number, number];
  return month >= 7 ? year : year - 1;
}

export function nextTermStart(day: number): number | undefined {
  return TERMS.map(({ start }) => start).find((start) => start > day);
}

export function springEnd(year: number): number | undefined {
  return TERMS.find(({ start }) => schoolYear(start) === year && dayText(start).slice(5) < '07')?.end; // prettier-ignore
}

export interface Policy {
  readonly bridges: boolean;
  readonly leastDays: number;
  readonly intoNextTerm: number;
  readonly contestedDays: number;
}

const POLICIES = new Map(
  HUVUDMEN.map(({ id, policy }) => [
    id,
    {
      bridges: policy?.bridging ?? true,
      leastDays: policy?.bridgeDaysMin ?? 60,
      intoNextTerm: policy?.bridgeDaysIntoNextTerm ?? 21,
      contestedDays: policy?.contestedDays ?? 14,
    },
  ]),
);

export function policyOf(huvudman: string): Policy {
  return POLICIES.get(huvudman)!;
}
