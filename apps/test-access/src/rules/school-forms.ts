import type { SchoolType } from '#canonical';

/** How many years the school forms have, from a school year on (the year in which it begins). */
interface SchoolForms {
  readonly from: number;
  readonly lastYear: Partial<Record<SchoolType, number>>;
}

const UPPER = { GY: 3, GYAN: 4, GYS: 4 } as const;

/**
 * From the school year 2028/29 the preschool class is year 1 (standards §3, ten-year grundskola), so that every year of the compulsory
 * school is called one more than before. A year is only ever compared within its own school year.
 */
const FORMS: readonly SchoolForms[] = [
  { from: 2028, lastYear: { GR: 10, GRAN: 10, GRS: 10, SP: 11, SAM: 7, ...UPPER } },
  { from: 0, lastYear: { GR: 9, GRAN: 9, GRS: 9, SP: 10, SAM: 6, ...UPPER } },
];

/** The last year of a school form in the school year that begins in `during`; VUXGY has none, and every end of it completes it. */
export function lastSchoolYear(schoolType: SchoolType, during: number): number | undefined {
  return FORMS.find(({ from }) => from <= during)!.lastYear[schoolType];
}
