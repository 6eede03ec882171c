/** One object that a source no longer has, as the event that says so. */
export interface Deletion {
  readonly type: string;
  readonly id: string;
}

/**
 * The names of the lists in SS 12000's `GET /deletedEntities` and the events that their ids become; `activitites` is the standard's own
 * spelling, `activities` that of Skolverket's reference implementation (standards §1.5).
 */
const EVENT_TYPES: Readonly<Record<string, string>> = {
  persons: 'ss12000.person.deleted',
  duties: 'ss12000.duty.deleted',
  groups: 'ss12000.group.deleted',
  activitites: 'ss12000.activity.deleted',
  activities: 'ss12000.activity.deleted',
  organisations: 'ss12000.organisation.deleted',
  absences: 'ss12000.absence.deleted',
  attendances: 'ss12000.attendance.deleted',
  attendanceEvents: 'ss12000.attendance-event.deleted',
};

/**
 * The deletions on one page of `GET /deletedEntities`, in the page's order. Lists of objects that the hub has no use for are passed over;
 * so is what is not a list of texts: whether an id is one, `admit` says of each.
 */
export function readDeletedEntities(page: unknown): Deletion[] {
  const lists = (page as { data?: unknown } | null | undefined)?.data;
  if (typeof lists !== 'object' || lists === null) return [];
  return Object.entries(lists).flatMap(([name, ids]) => {
    const type = Object.hasOwn(EVENT_TYPES, name) ? EVENT_TYPES[name] : undefined;
    if (type === undefined || !Array.isArray(ids)) return [];
    return ids.filter((id) => typeof id === 'string').map((id) => ({ type, id }));
  });
}
