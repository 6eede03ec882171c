import type { Static } from '@sinclair/typebox';
import type {
  AccessEntry,
  AccessStanding,
  ActivityState,
  Duty,
  Enrolment,
  GroupState,
  OrganisationState,
  PresenceReport,
  TestAssignment,
} from '#canonical';

type Fields<T> = readonly (keyof T)[];

/**
 * Every field that leaves for a huvudman's topic and feed (design §8): ids, what changed, unit, school type and year, dates, and
 * the access entry's own terms. What is not named here stays inside, a field that canonical gains included; the rest is read by
 * API, which applies today's marking.
 *
 * Left out on purpose: `source` and `huvudman` (the reader is the huvudman), `because` (its cause may be another huvudman's), the
 * members of groups and the teachers of activities (this stage does not know who among them is protected), what an absence
 * report says beyond its times, and the person's status (the register does not say whose word it is).
 */
export const ALLOWED = {
  enrolment: ['id', 'schoolUnit', 'schoolType', 'schoolYear', 'startDate', 'endDate', 'cancelled', 'endReason'],
  duty: ['id', 'schoolUnit', 'startDate', 'endDate'],
  presence: ['id', 'schoolUnit', 'kind', 'startTime', 'endTime'],
  organisation: ['id', 'organisationType', 'displayName', 'schoolUnitCode', 'schoolTypes', 'startDate', 'endDate'],
  group: ['id', 'schoolUnit', 'groupType', 'schoolType', 'startDate', 'endDate'],
  activity: ['id', 'schoolUnit', 'groups', 'parentActivity', 'startDate', 'endDate'],
  entry: ['id', 'schoolUnit', 'schoolType', 'role', 'eppn', 'home', 'held', 'since', 'until', 'requiredAssurance'],
  standing: ['state', 'schoolUnit', 'entry', 'since', 'until', 'mustAct'],
  test: ['id', 'activity', 'schoolUnit', 'state', 'windowStart', 'windowEnd'],
} as const satisfies {
  enrolment: Fields<Static<typeof Enrolment>>;
  duty: Fields<Static<typeof Duty>>;
  presence: Fields<Static<typeof PresenceReport>>;
  organisation: Fields<Static<typeof OrganisationState>>;
  group: Fields<Static<typeof GroupState>>;
  activity: Fields<Static<typeof ActivityState>>;
  entry: Fields<Static<typeof AccessEntry>>;
  standing: Fields<Static<typeof AccessStanding>>;
  test: Fields<Static<typeof TestAssignment>>;
}; // prettier-ignore

/** The named fields of a thing and nothing else; absent ones stay absent. */
export function allowed<T extends object, K extends keyof T>(
  thing: T,
  fields: readonly K[],
): Pick<T, K> {
  const out = {} as Pick<T, K>;
  for (const field of fields) {
    if (thing[field] !== undefined) out[field] = thing[field];
  }
  return out;
}
