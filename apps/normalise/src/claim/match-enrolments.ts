import { schoolForm, type Enrolment, type SchoolType } from '#canonical';

/** An enrolment as its source asserts it, its unit already looked up. Days are YYYY-MM-DD. */
export interface AssertedEnrolment {
  readonly schoolUnit: string;
  readonly schoolType: SchoolType;
  readonly schoolYear?: number;
  readonly educationCode?: string;
  readonly startDate: string;
  readonly endDate?: string;
  readonly cancelled: boolean;
}

export interface MatchingTerms {
  readonly source: string;
  readonly huvudman: string;
  /** Gives the id of a new enrolment; the same name always gives the same id. */
  readonly newId: (name: string) => string;
}

export interface MatchedEnrolments {
  /** Those of the list, in its order. */
  readonly named: readonly Enrolment[];
  /** Those of the held ones that the list does not name. */
  readonly unnamed: readonly Enrolment[];
}

/**
 * Gives the enrolments of one list their hub ids (design §5): the same unit and school type with an overlapping, else the nearest,
 * interval is the same enrolment, corrected.
 */
export function matchEnrolments(
  held: readonly Enrolment[],
  asserted: readonly AssertedEnrolment[],
  terms: MatchingTerms,
): MatchedEnrolments {
  const matches = pairUp(held, asserted);
  const taken = new Set<Enrolment>(matches.values());
  const named = asserted.map((enrolment) => {
    const match = matches.get(enrolment);
    return asEnrolment(enrolment, match?.id ?? freeId(enrolment, held, terms), terms);
  });
  const unnamed = held.filter((enrolment) => !taken.has(enrolment));
  return { named: distinctIds(named, terms), unnamed };
}

/** Ends what nobody asserts any more. What had already ended stays as it was; what had not begun never will. */
export function endUnknown(enrolment: Enrolment, day: string): Enrolment {
  if (enrolment.cancelled) return enrolment;
  if (enrolment.endDate !== undefined && enrolment.endDate <= day) return enrolment;
  if (enrolment.startDate > day) return { ...enrolment, cancelled: true, endReason: 'unknown' };
  return { ...enrolment, endDate: day, endReason: 'unknown' };
}

function asEnrolment(asserted: AssertedEnrolment, id: string, terms: MatchingTerms): Enrolment {
  const { schoolYear, educationCode, endDate } = asserted;
  return {
    id,
    source: terms.source,
    huvudman: terms.huvudman,
    schoolUnit: asserted.schoolUnit,
    schoolType: asserted.schoolType,
    ...(schoolYear === undefined ? undefined : { schoolYear }),
    ...(educationCode === undefined ? undefined : { educationCode }),
    startDate: asserted.startDate,
    ...(endDate === undefined ? undefined : { endDate }),
    cancelled: asserted.cancelled,
  };
}

/** Pairs one to one, the best pair first, within each unit and school type. */
function pairUp(
  held: readonly Enrolment[],
  asserted: readonly AssertedEnrolment[],
): Map<AssertedEnrolment, Enrolment> {
  const pairs = new Map<AssertedEnrolment, Enrolment>();
  const candidates: { asserted: AssertedEnrolment; held: Enrolment; closeness: number }[] = [];
  for (const one of asserted) {
    for (const other of held) {
      if (placeOf(one) !== placeOf(other)) continue;
      candidates.push({ asserted: one, held: other, closeness: closenessOf(one, other) });
    }
  }
  if (candidates.length > 1) candidates.sort(byCloseness);
  const taken = new Set<Enrolment>();
  for (const candidate of candidates) {
    if (pairs.has(candidate.asserted) || taken.has(candidate.held)) continue;
    pairs.set(candidate.asserted, candidate.held);
    taken.add(candidate.held);
  }
  return pairs;
}

type Interval = Pick<Enrolment, 'startDate' | 'endDate'>;
type Candidate = { asserted: Interval; held: Enrolment; closeness: number };

function byCloseness(left: Candidate, right: Candidate): number {
  if (left.closeness !== right.closeness) return right.closeness - left.closeness;
  if (left.asserted.startDate !== right.asserted.startDate) {
    return left.asserted.startDate < right.asserted.startDate ? -1 : 1;
  }
  return left.held.id < right.held.id ? -1 : 1;
}

/** What two enrolments have in common that may be one and the same: unit and school form. */
export function placeOf(enrolment: Pick<Enrolment, 'schoolUnit' | 'schoolType'>): string {
  return enrolment.schoolUnit + schoolForm(enrolment.schoolType);
}

const DAY_MS = 86_400_000;
const OPEN_END_DAY = Date.parse('2200-01-01') / DAY_MS;
const SAME_START = 1_000_000;

/** Larger is closer: the same first day, then the longest overlap in days, then the shortest gap in days (as a negative number). */
function closenessOf(one: Interval, other: Interval): number {
  const start = Math.max(dayNumber(one.startDate), dayNumber(other.startDate));
  const end = Math.min(lastDay(one), lastDay(other));
  const days = end - start + 1;
  return one.startDate === other.startDate && days > 0 ? SAME_START + days : days;
}

function dayNumber(day: string): number {
  return Date.parse(day) / DAY_MS;
}

function lastDay(interval: Interval): number {
  return interval.endDate === undefined ? OPEN_END_DAY : dayNumber(interval.endDate);
}

function freeId(
  asserted: AssertedEnrolment,
  held: readonly Enrolment[],
  terms: MatchingTerms,
): string {
  const name = `${asserted.schoolUnit}|${asserted.schoolType}|${asserted.startDate}`;
  const id = terms.newId(name);
  // A corrected start keeps its id, so that another enrolment may later begin on the day that once named it.
  return held.some((enrolment) => enrolment.id === id) ? terms.newId(`${name}|${held.length}`) : id;
}

/** A list that names one enrolment twice (same unit, type and start) gives two ids. */
function distinctIds(enrolments: Enrolment[], terms: MatchingTerms): Enrolment[] {
  if (enrolments.length < 2) return enrolments;
  const seen = new Set<string>();
  return enrolments.map((enrolment, ordinal) => {
    if (!seen.has(enrolment.id)) {
      seen.add(enrolment.id);
      return enrolment;
    }
    return { ...enrolment, id: terms.newId(`${enrolment.id}|${ordinal}`) };
  });
}
