import { Type, type Static } from '@sinclair/typebox';
import {
  AccessEntry, AccessStanding, AccessState, ActivityState, GroupState, OrganisationState,
  PersonState, PresenceReport, TestAssignment,
} from './entities.js'; // prettier-ignore
import { Id, SecurityMarking, ShortText } from './values.js';

/**
 * What our own topics say: past tense, `se.elevnav.<entity>.<verb>`, each event with its subject's whole present state (design §4).
 * The `change` says what this event is about. Within a version a shape only grows; `dataschema` names the version.
 */

export const PERSON_VERBS = ['registered', 'updated', 'merged', 'separated', 'protected', 'unprotected', 'withdrawn', 'dormant', 'erased'] as const; // prettier-ignore
export const SPAN_VERBS = ['started', 'changed', 'ended', 'cancelled'] as const;
export const REPORT_VERBS = ['reported', 'corrected', 'cancelled'] as const;
export const ORGANISATION_VERBS = ['registered', 'changed', 'closed', 'succeeded'] as const;
export const TEST_REPORT_VERBS = ['assigned', 'begun', 'submitted'] as const;
export const ACCESS_VERBS = ['granted', 'moved', 'awaiting', 'bridged', 'contested', 'gap', 'postponed', 'settled', 'revoked'] as const; // prettier-ignore
export const TEST_VERBS = ['assigned', 'begun', 'submitted', 'unassigned', 'missed', 'missed-withdrawn'] as const; // prettier-ignore

type Verb<T extends readonly string[]> = T[number];

const Count = Type.Integer({ minimum: 0 });

export const PersonChange = Type.Object({ fields: Type.Array(ShortText, { maxItems: 50 }) });
export const ThingChange = Type.Object({ id: Id });
/**
 * Two persons were one. The same data go out under both ids, each with a number of its own (of the event's epoch), so that a reader
 * applies whichever comes first to both, in one transaction: `from` has ended for good, `into` has all of it.
 */
export const MergeChange = Type.Object({
  merged: Type.Object({ from: Id, fromNumber: Count, into: Id, intoNumber: Count }),
});
/** One person was two: `apart` is new and has a part of what was `from`'s. It goes out under both ids, with the other's state. */
export const SeparationChange = Type.Object({
  separated: Type.Object({
    from: Id,
    fromNumber: Count,
    apart: Id,
    apartNumber: Count,
    other: PersonState,
  }),
});
export type MergeChange = Static<typeof MergeChange>;
export type SeparationChange = Static<typeof SeparationChange>;
export const PersonEventData = Type.Object({
  person: PersonState,
  change: Type.Union([PersonChange, ThingChange, PresenceReport, MergeChange, SeparationChange]),
});

/** Canonical events whose subject is a person. */
export type PersonEvent =
  | {
      type: `se.elevnav.person.${Exclude<Verb<typeof PERSON_VERBS>, 'merged' | 'separated'>}`;
      data: { person: PersonState; change: Static<typeof PersonChange> };
    }
  | { type: 'se.elevnav.person.merged'; data: { person: PersonState; change: MergeChange } }
  | { type: 'se.elevnav.person.separated'; data: { person: PersonState; change: SeparationChange } }
  | {
      type: `se.elevnav.enrolment.${Verb<typeof SPAN_VERBS>}`;
      data: { person: PersonState; change: Static<typeof ThingChange> };
    }
  | {
      type: `se.elevnav.duty.${Verb<typeof SPAN_VERBS>}`;
      data: { person: PersonState; change: Static<typeof ThingChange> };
    }
  | {
      type: `se.elevnav.test.${Verb<typeof TEST_REPORT_VERBS>}`;
      data: { person: PersonState; change: Static<typeof ThingChange> };
    }
  | {
      type: `se.elevnav.${'absence' | 'attendance'}.${Verb<typeof REPORT_VERBS>}`;
      data: { person: PersonState; change: PresenceReport };
    };

export const OrganisationEventData = Type.Object({ organisation: OrganisationState });
export const GroupEventData = Type.Object({ group: GroupState });
export const ActivityEventData = Type.Object({ activity: ActivityState });

export type OrganisationEvent = {
  type: `se.elevnav.organisation.${Verb<typeof ORGANISATION_VERBS>}`;
  data: Static<typeof OrganisationEventData>;
};
export type GroupEvent = {
  type: `se.elevnav.group.${Verb<typeof SPAN_VERBS>}`;
  data: Static<typeof GroupEventData>;
};
export type ActivityEvent = {
  type: `se.elevnav.activity.${Verb<typeof SPAN_VERBS>}`;
  data: Static<typeof ActivityEventData>;
};

/** All that `canonical.events` says. */
export type CanonicalEvent = PersonEvent | OrganisationEvent | GroupEvent | ActivityEvent;

export const AccessChange = Type.Object({
  entry: Type.Optional(AccessEntry),
  /**
   * Of `access moved`: the entry that ended in the same decision. Of `access granted`: the same entry as it was for the huvudman that
   * had the school unit before.
   */
  from: Type.Optional(AccessEntry),
  standing: Type.Optional(AccessStanding),
  test: Type.Optional(TestAssignment),
});
export type AccessChange = Static<typeof AccessChange>;

export const AccessEventData = Type.Object({
  person: Id,
  /** As in the person's state: a reader may hear of this before it hears of the merge or the separation. */
  formerIds: PersonState.properties.formerIds,
  splitFrom: PersonState.properties.splitFrom,
  securityMarking: SecurityMarking,
  access: AccessState,
  change: AccessChange,
});
export type AccessEventData = Static<typeof AccessEventData>;

/** All that `access.events` says. */
export type AccessEvent =
  | { type: `se.elevnav.access.${Verb<typeof ACCESS_VERBS>}`; data: AccessEventData }
  | { type: `se.elevnav.test.${Verb<typeof TEST_VERBS>}`; data: AccessEventData };

/** The wire types of `canonical.events`. */
export const CANONICAL_EVENT_TYPES: readonly CanonicalEvent['type'][] = [
  ...PERSON_VERBS.map((verb) => `se.elevnav.person.${verb}` as const),
  ...SPAN_VERBS.map((verb) => `se.elevnav.enrolment.${verb}` as const),
  ...SPAN_VERBS.map((verb) => `se.elevnav.duty.${verb}` as const),
  ...TEST_REPORT_VERBS.map((verb) => `se.elevnav.test.${verb}` as const),
  ...REPORT_VERBS.map((verb) => `se.elevnav.absence.${verb}` as const),
  ...REPORT_VERBS.map((verb) => `se.elevnav.attendance.${verb}` as const),
  ...ORGANISATION_VERBS.map((verb) => `se.elevnav.organisation.${verb}` as const),
  ...SPAN_VERBS.map((verb) => `se.elevnav.group.${verb}` as const),
  ...SPAN_VERBS.map((verb) => `se.elevnav.activity.${verb}` as const),
];

/** The wire types of `access.events`. */
export const ACCESS_EVENT_TYPES: readonly AccessEvent['type'][] = [
  ...ACCESS_VERBS.map((verb) => `se.elevnav.access.${verb}` as const),
  ...TEST_VERBS.map((verb) => `se.elevnav.test.${verb}` as const),
];
