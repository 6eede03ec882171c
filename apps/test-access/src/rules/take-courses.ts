import { NEVER, addDays, laterDay, schoolYearOf, type Day } from '#canonical';
import type { CalendarTest } from './arrange-calendar.js';
import type { Stay } from './trace-stays.js';

/** A pupil left a school if the course ended no earlier than this many days before the stay did; earlier it was dropped. */
const LEFT_COURSE_DAYS = 30;

/**
 * That a pupil takes part in a teaching activity which names a test activity as its parent (SS 12000 `Activity.parentActivity`): a member
 * of one of its groups, on the days on which activity, group and membership all stand. Both days count.
 */
export interface Participation {
  /** The test activity: Skolverket's id. */
  readonly activity: string;
  /** Whose activity it is. */
  readonly huvudman: string;
  /** Where it is taught; absent if the source does not say. */
  readonly schoolUnit?: string;
  readonly from: Day;
  /** `NEVER` while no end is known. */
  readonly to: Day;
}

export interface CourseFacts {
  readonly participations: readonly Participation[];
  readonly stays: readonly Stay[];
  readonly isProtected: boolean;
}

/**
 * Of tests that are assigned by course, those that the pupil of a seat writes (design §6, rule 4): the course runs on a day of the
 * window. What a school that was left has said holds on for the rest of that school year, since the next one has not made its groups
 * yet; a course that was dropped is dropped. A huvudman cannot assign anything to a pupil whom it never had, and of a protected person
 * nothing follows from one huvudman to the next (rule 8).
 */
export function takeCourses(
  tests: readonly CalendarTest[],
  seat: Stay,
  facts: CourseFacts,
): CalendarTest[] {
  if (tests.length === 0 || facts.participations.length === 0) return [];
  const running = facts.participations.flatMap((participation) => {
    const { activity, from } = participation;
    const stays = facts.isProtected ? [seat] : facts.stays;
    const known = stays.filter((stay) => isAt(stay, participation));
    if (known.length === 0) return [];
    return [{ activity, from, to: lastDayOf(participation, known) }];
  });
  return tests.filter(({ activity, windowStart, windowEnd }) =>
    running.some(
      (course) =>
        course.activity === activity && course.from <= windowEnd && course.to >= windowStart,
    ),
  );
}

function isAt(stay: Stay, { huvudman, schoolUnit }: Participation): boolean {
  if (schoolUnit !== undefined && schoolUnit !== stay.schoolUnit) return false;
  return stay.huvudman === huvudman || stay.formerHuvudmen.includes(huvudman);
}

/**
 * The last day on which a course counts: a pupil who left in the middle of it goes on with it elsewhere, and a group that still names one
 * who left does not count for good.
 */
function lastDayOf({ from, to }: Participation, stays: readonly Stay[]): Day {
  const meanwhile = stays.filter(({ start, end }) => start <= to && end >= from);
  const last = meanwhile.reduce<Day | undefined>(
    (latest, { end }) => laterDay(latest ?? end, end),
    undefined,
  );
  if (last === undefined || last === NEVER || to < addDays(last, -LEFT_COURSE_DAYS)) return to;
  return `${schoolYearOf(last) + 1}-06-30`;
}
