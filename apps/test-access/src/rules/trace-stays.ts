import { ELIGIBLE_SCHOOL_TYPES, type Enrolment, type SchoolType, NEVER, addDays, laterDay, type Day } from '#canonical'; // prettier-ignore

const eligibleSchoolTypes: ReadonlySet<SchoolType> = new Set(ELIGIBLE_SCHOOL_TYPES);

/**
 * A pupil's unbroken time at one school unit: enrolments there that overlap or follow day upon day are one stay, so that a new
 * school year, or a change of school type on the spot, is no move. Nor is a new owner of the unit.
 */
export interface Stay {
  /** Of the enrolment in force, as all below that can differ within a stay. */
  readonly huvudman: string;
  /** The huvudmän that had the unit earlier in the stay, the latest first: until the present one has given an EPPN, theirs counts. */
  readonly formerHuvudmen: readonly string[];
  readonly schoolUnit: string;
  readonly source: string;
  /** Of the enrolment in force today, or of the last one. */
  readonly schoolType: SchoolType;
  readonly schoolYear?: number;
  /** VUXGY: parallel stays are normal, and none of them is home (design §6, rule 1). */
  readonly isAdult: boolean;
  readonly start: Day;
  /** The last day; `NEVER` while none is known. */
  readonly end: Day;
  /** The last enrolment's own word that the education is completed. */
  readonly saidCompleted: boolean;
}

/** The stays in school types that a huvudman may let in that have begun or will, by start. A cancelled enrolment has never been; nor has one that ends before it starts. */
export function traceStays(enrolments: readonly Enrolment[], today: Day): Stay[] {
  const real = enrolments.filter(isReal);
  if (real.length > 1) real.sort(byPlaceAndStart);
  const stays: Stay[] = [];
  let gathered: Enrolment[] = [];
  let end = '';
  for (const enrolment of real) {
    const first = gathered[0];
    const follows =
      first !== undefined &&
      placeOf(first) === placeOf(enrolment) &&
      enrolment.startDate <= addDays(end, 1);
    if (!follows && first !== undefined) stays.push(joinToStay(gathered, end, today));
    gathered = follows ? [...gathered, enrolment] : [enrolment];
    end = follows ? laterDay(end, enrolment.endDate ?? NEVER) : (enrolment.endDate ?? NEVER);
  }
  if (gathered.length > 0) stays.push(joinToStay(gathered, end, today));
  return stays.length > 1 ? stays.sort(byStart) : stays;
}

function isReal({ cancelled, schoolType, startDate, endDate }: Enrolment): boolean {
  return !cancelled && eligibleSchoolTypes.has(schoolType) && (endDate ?? NEVER) >= startDate;
}

/** By start, then by place, so that no two stays are equal and the order of the facts never shows. */
export function byStart(one: Stay, other: Stay): number {
  return compareText(
    `${one.start}/${one.huvudman}/${one.schoolUnit}`,
    `${other.start}/${other.huvudman}/${other.schoolUnit}`,
  );
}

/** The last to end first; of those the last to start. */
export function byEndFirst(one: Stay, other: Stay): number {
  return compareText(other.end, one.end) || byStart(other, one);
}

function joinToStay(enrolments: readonly Enrolment[], end: Day, today: Day): Stay {
  const begun = enrolments.filter(({ startDate }) => startDate <= today);
  const current = begun.filter(({ endDate }) => (endDate ?? NEVER) >= today);
  const inForce = (current.length > 0 ? current : begun).at(-1) ?? enrolments[0]!;
  const last = enrolments.filter(({ endDate }) => (endDate ?? NEVER) === end).at(-1)!;
  return {
    huvudman: inForce.huvudman,
    formerHuvudmen: formerHuvudmenOf(begun, inForce.huvudman),
    schoolUnit: inForce.schoolUnit,
    source: inForce.source,
    schoolType: inForce.schoolType,
    schoolYear: inForce.schoolYear,
    isAdult: inForce.schoolType === 'VUXGY',
    start: enrolments[0]!.startDate,
    end,
    saidCompleted: last.endReason === 'completed',
  };
}

function formerHuvudmenOf(begun: readonly Enrolment[], huvudman: string): readonly string[] {
  const isCarried = begun.some((one) => one.carriedFrom !== undefined || one.huvudman !== huvudman);
  if (!isCarried) return NOBODY;
  const had = begun.flatMap((one) => [one.carriedFrom?.huvudman ?? one.huvudman, one.huvudman]);
  return [...new Set(had.reverse())].filter((other) => other !== huvudman);
}

const NOBODY: readonly string[] = [];

/** A unit has one owner at a time: two huvudmän at one unit had it one after the other. */
function placeOf({ schoolUnit, schoolType }: Enrolment): string {
  return `${schoolUnit}/${schoolType === 'VUXGY' ? 'adult' : 'home'}`;
}

function byPlaceAndStart(one: Enrolment, other: Enrolment): number {
  return compareText(
    `${placeOf(one)}/${one.startDate}/${one.endDate ?? NEVER}/${one.id}`,
    `${placeOf(other)}/${other.startDate}/${other.endDate ?? NEVER}/${other.id}`,
  );
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
