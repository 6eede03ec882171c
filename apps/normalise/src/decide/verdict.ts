import { SCHEMAS, type CanonicalEvent, type Outcome, type PresenceReport } from '#canonical';
import type { ParkReason } from '#stage';
import type { PersonDifference } from '../claim/compare-persons.js';
import type { ClaimOrder } from '../claim/order-claims.js';
import type { PersonRecord } from '../register/records.js';

/** A canonical event that is to be sent; `number` is the second half of its `sequence`. */
export interface Announcement {
  readonly type: CanonicalEvent['type'];
  readonly subject: string;
  readonly number: number;
  readonly dataschema: string;
  readonly data: unknown;
  readonly schoolUnit?: string;
}

export type Filtered = Extract<Outcome, `filtered:${string}`>;

/** What deciding about one fact came to. */
export type Verdict =
  | {
      readonly is: 'announced';
      readonly subject: string;
      readonly announcements: readonly Announcement[];
    }
  | {
      readonly is: 'filtered';
      readonly outcome: Filtered;
      readonly subject?: string;
      readonly detail?: string;
    }
  | { readonly is: 'parked'; readonly reason: ParkReason };

export function parked(reason: ParkReason): Verdict {
  return { is: 'parked', reason };
}

export function filtered(outcome: Filtered, subject?: string | null, detail?: string): Verdict {
  return {
    is: 'filtered',
    outcome,
    ...(subject ? { subject } : undefined),
    ...(detail === undefined ? undefined : { detail }),
  };
}

/** Not newer than what is held. */
export function outdated(order: Exclude<ClaimOrder, 'newer'>, subject?: string | null): Verdict {
  return filtered(order === 'older' ? 'filtered:older' : 'filtered:duplicate', subject);
}

/** Announces what there is to announce; when nothing is, the event changed nothing that the hub keeps. */
export function announced(subject: string, announcements: readonly Announcement[]): Verdict {
  return announcements.length === 0
    ? filtered('filtered:unchanged', subject)
    : { is: 'announced', subject, announcements };
}

/** Each difference becomes one event with the person's whole new state. */
export function announcePerson(
  person: PersonRecord,
  differences: readonly PersonDifference[],
): Announcement[] {
  return differences.map(({ type, change, schoolUnit }) => ({
    ...aboutPerson(person, type, change),
    ...(schoolUnit === undefined ? undefined : { schoolUnit }),
  }));
}

export function announcePresence(
  person: PersonRecord,
  type: CanonicalEvent['type'],
  report: PresenceReport,
): Announcement[] {
  const { schoolUnit } = report;
  const announcement = aboutPerson(person, type, report);
  return [schoolUnit === undefined ? announcement : { ...announcement, schoolUnit }];
}

function aboutPerson(
  person: PersonRecord,
  type: CanonicalEvent['type'],
  change: unknown,
): Announcement {
  person.emitted++;
  person.isChanged = true;
  return {
    type,
    subject: person.id,
    number: person.emitted,
    dataschema: SCHEMAS.person.dataschema,
    data: { person: person.state, change },
  };
}

/** Counts and makes the event of a group, activity or organisation. */
export function announceThing(
  thing: { emitted: number; isChanged: boolean },
  event: Omit<Announcement, 'number'>,
): Announcement {
  thing.emitted++;
  thing.isChanged = true;
  return { ...event, number: thing.emitted };
}
