import type {
  DutyRole, GroupType, OrganisationState, PersonStatus, PresenceReport, SchoolType, SecurityMarking, TestState,
} from '#canonical'; // prettier-ignore

/**
 * What a source asserts, in the words of the shared language but with the source's own local ids: an adapter knows nothing of the
 * hub's. A fact about a whole object (`…-asserted`) carries all that the source says of it, so that the newest one is enough.
 *
 * Forms, everywhere below: a local id that reads as a UUID is in lower case, any other is as given. An instant is UTC with six
 * decimals (`2026-08-18T04:15:22.417000Z`), so that the order of the text is the order in time. A day is YYYY-MM-DD and exists in the
 * calendar. An end is never before its start. A text is well-formed Unicode without NUL. A field that the source left out, or gave
 * as null or as an empty text, is absent.
 */
export type Fact =
  | PersonAsserted
  | PersonRemoved
  | DutyAsserted
  | DutyRemoved
  | GroupAsserted
  | GroupRemoved
  | ActivityAsserted
  | ActivityRemoved
  | OrganisationAsserted
  | OrganisationRemoved
  | PresenceReported
  | PresenceCancelled
  | AccountAsserted
  | CourseMembershipAsserted
  | CourseMembershipStateAsserted
  | TestReported
  | SchoolUnitAsserted;

export type FactKind = Fact['kind'];

/** The source's own id of one of its Organisations (SS 12000 `OrganisationReference.id`). */
export type UnitRef = string;

interface FactBase<Kind extends string> {
  kind: Kind;
  /** The source's own id of the object that the fact is about. */
  localId: string;
  /** When the source last changed the object, by its own clock: an instant. Comparable within one source only. */
  modified: string;
}

export interface PersonAsserted extends FactBase<'person-asserted'> {
  names: { givenName: string; familyName: string };
  /** Twelve characters as given: personnummer, samordningsnummer or TF form. Only the shape is checked (standards §3.4). */
  civicNo?: string;
  birthDate?: string;
  /** Absent: the source does not say; what that means is for its contract (design §8). */
  securityMarking?: SecurityMarking;
  personStatus?: PersonStatus;
  eppns: string[];
  /** All enrolments that the source says the person has. */
  enrolments: EnrolmentAsserted[];
}

export interface EnrolmentAsserted {
  unit: UnitRef;
  /** As given: GRS and GRAN, GYS and GYAN are not mapped onto each other here. */
  schoolType: SchoolType;
  schoolYear?: number;
  educationCode?: string;
  startDate: string;
  endDate?: string;
  cancelled: boolean;
}

/** The source no longer knows the person. */
export type PersonRemoved = FactBase<'person-removed'>;

export interface DutyAsserted extends FactBase<'duty-asserted'> {
  /** Local id of the person; null for a post that nobody holds (SS 12000 lets `Duty.person` be left out). */
  person: string | null;
  unit: UnitRef;
  dutyRole: DutyRole;
  startDate: string;
  endDate?: string;
}
export type DutyRemoved = FactBase<'duty-removed'>;

export interface GroupAsserted extends FactBase<'group-asserted'> {
  displayName: string;
  groupType: GroupType;
  schoolType?: SchoolType;
  unit?: UnitRef;
  startDate: string;
  endDate?: string;
  /** All members. `person` is a local id. */
  members: { person: string; startDate?: string; endDate?: string }[];
}
export type GroupRemoved = FactBase<'group-removed'>;

export interface ActivityAsserted extends FactBase<'activity-asserted'> {
  displayName: string;
  unit?: UnitRef;
  /** Local ids of groups. */
  groups: string[];
  /** Local ids of the duties that teach it. */
  teachers: string[];
  /** The test activity it belongs to: Skolverket's id (standards §2.4), or a local id of another activity. */
  parentActivity?: string;
  startDate: string;
  endDate?: string;
}
export type ActivityRemoved = FactBase<'activity-removed'>;

export interface OrganisationAsserted extends FactBase<'organisation-asserted'> {
  /** SS 12000's other types (Förvaltning, Rektorsområde …) are `Övrigt` here. */
  organisationType: OrganisationState['organisationType'];
  displayName: string;
  schoolUnitCode?: string;
  /** Ten digits. */
  organisationNumber?: string;
  parent?: UnitRef;
  schoolTypes: SchoolType[];
  municipalityCode?: string;
  startDate?: string;
  endDate?: string;
}
export type OrganisationRemoved = FactBase<'organisation-removed'>;

type Presence = PresenceReport['kind'];

/** An absence or attendance of one person; never with a reason (design §8). */
export interface PresenceReported extends FactBase<'presence-reported'> {
  presence: Presence;
  /** Local id of the person in the student register of the same huvudman. */
  person: string;
  startTime: string;
  endTime?: string;
  says: PresenceReport['says'];
  /** Of the lesson: minutes present when `says` is `present`, else minutes absent. */
  minutes?: number;
  unit?: UnitRef;
}
export interface PresenceCancelled extends FactBase<'presence-cancelled'> {
  presence: Presence;
}

/** An account in a learning platform; `localId` is the platform's id of the account. */
export interface AccountAsserted extends FactBase<'account-asserted'> {
  /** The person's local id in the student register of the same huvudman; null when the platform does not know it. */
  person: string | null;
  /** Null when the account's log-in name is not an EPPN. */
  eppn: string | null;
  state: 'active' | 'deleted';
}

/** Somebody's place in a course of a learning platform; `localId` is the platform's id of the membership. */
export interface CourseMembershipAsserted extends FactBase<'course-membership-asserted'> {
  /** Local id of the account. */
  account: string;
  /** Local id of the course. */
  course: string;
  role: 'pupil' | 'teacher' | 'assistant' | 'designer' | 'observer';
  state: CourseMembershipState;
}
export type CourseMembershipState = 'pending' | 'active' | 'inactive' | 'completed' | 'deleted';

/** Only the state of a membership that another fact names: it does not carry the whole object. */
export interface CourseMembershipStateAsserted extends FactBase<'course-membership-state-asserted'> {
  state: CourseMembershipState;
}

/** Where one pupil stands in one test; `localId` is the assignment's id. */
export interface TestReported extends FactBase<'test-reported'> {
  /** The platform's id of the assignment, a UUID. */
  assignment: string;
  eppn: string;
  /** The test activity: Skolverket's id (standards §2.4), a UUID. */
  activity: string;
  state: TestState;
  /** When it happened: an instant. */
  at: string;
}

/** A unit in the national register of school units (standards §3.1); `localId` is its code. */
export interface SchoolUnitAsserted extends FactBase<'school-unit-asserted'> {
  code: string;
  displayName: string;
  /** Of the huvudman: ten digits. */
  organisationNumber: string;
  schoolTypes: SchoolType[];
  /** Absent for a unit abroad. */
  municipalityCode?: string;
  status: 'AKTIV' | 'VILANDE' | 'UPPHORT' | 'PLANERAD';
  startDate?: string;
  endDate?: string;
}
