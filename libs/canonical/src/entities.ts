import { Type, type Static } from '@sinclair/typebox';
import {
  Day, DutyRole, Eppn, GroupType, HuvudmanId, Id, Instant, PersonStatus, SchoolType,
  SchoolUnitCode, SecurityMarking, ShortText, SourceId, TestState, literals,
} from './values.js'; // prettier-ignore

/**
 * The entities of the shared language. Names and spelling follow SS 12000 2.1 (standards §1.4); ids are the hub's own.
 * Names of persons and civic numbers are not here on purpose: no stage downstream of normalise needs them (design §8).
 */

export const EppnIdentifier = Type.Object({
  value: Eppn,
  huvudman: HuvudmanId,
  source: SourceId,
});
export type EppnIdentifier = Static<typeof EppnIdentifier>;

/**
 * Where a thing that has followed its school unit to another owner comes from: the thing as its source asserts it, and the owner of
 * that source. It is the hub's own knowledge: no huvudman is told of another.
 */
export const CarriedFrom = Type.Object({ id: Id, huvudman: HuvudmanId });
export type CarriedFrom = Static<typeof CarriedFrom>;

/**
 * A person's enrolment at a school unit. `huvudman` is the owner of the source that says so; what lies after the day on which the
 * unit went to another owner is a part of its own, which is that owner's and says where it was `carriedFrom`.
 */
export const Enrolment = Type.Object({
  id: Id,
  source: SourceId,
  huvudman: HuvudmanId,
  schoolUnit: SchoolUnitCode,
  schoolType: SchoolType,
  schoolYear: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
  educationCode: Type.Optional(ShortText),
  startDate: Day,
  endDate: Type.Optional(Day),
  cancelled: Type.Boolean(),
  /** `unknown`: it vanished from its person's list, so that its end is not the source's word. `completed`: the source says so. */
  endReason: Type.Optional(literals(['unknown', 'completed'])),
  carriedFrom: Type.Optional(CarriedFrom),
});
export type Enrolment = Static<typeof Enrolment>;

/** A post at a school unit; `huvudman` and `carriedFrom` as of an enrolment. */
export const Duty = Type.Object({
  id: Id,
  source: SourceId,
  huvudman: HuvudmanId,
  schoolUnit: SchoolUnitCode,
  dutyRole: DutyRole,
  startDate: Day,
  endDate: Type.Optional(Day),
  carriedFrom: Type.Optional(CarriedFrom),
});
export type Duty = Static<typeof Duty>;

/** What a test platform says of one person and one test. */
export const ReportedTest = Type.Object({
  /** The platform's own id of the assignment, as a UUID. */
  id: Id,
  /** The test activity: Skolverket's id (standards §2.4). */
  activity: Id,
  state: TestState,
  at: Instant,
  /** Whose EPPN the platform named: where a person turns out to be two, the report goes with it. */
  huvudman: Type.Optional(HuvudmanId),
});
export type ReportedTest = Static<typeof ReportedTest>;

/** The whole present state of a person, as every canonical event about that person carries it. */
export const PersonState = Type.Object({
  id: Id,
  securityMarking: SecurityMarking,
  personStatus: PersonStatus,
  /** `dormant`: no source claims the person any more; the identity is kept until retention ends. */
  standing: literals(['present', 'dormant', 'erased']),
  eppns: Type.Array(EppnIdentifier, { maxItems: 50 }),
  enrolments: Type.Array(Enrolment, { maxItems: 200 }),
  duties: Type.Array(Duty, { maxItems: 200 }),
  tests: Type.Array(ReportedTest, { maxItems: 500 }),
  /** Hub ids that turned out to be this person (`person merged`): whoever knew one of them knows this person by it. */
  formerIds: Type.Optional(Type.Array(Id, { maxItems: 50 })),
  /** Of a person who was kept as another (`person separated`): as whom, and the huvudmän that know this one in that one's place. */
  splitFrom: Type.Optional(
    Type.Object({ id: Id, huvudmen: Type.Array(HuvudmanId, { maxItems: 50 }) }),
  ),
});
export type PersonState = Static<typeof PersonState>;

/** A huvudman, school or school unit. */
export const OrganisationState = Type.Object({
  id: Id,
  organisationType: literals(['Huvudman', 'Skola', 'Skolenhet', 'Övrigt']),
  displayName: ShortText,
  huvudman: HuvudmanId,
  schoolUnitCode: Type.Optional(SchoolUnitCode),
  schoolTypes: Type.Array(SchoolType, { maxItems: 34 }),
  municipalityCode: Type.Optional(Type.String({ pattern: '^\\d{4}$' })),
  startDate: Type.Optional(Day),
  endDate: Type.Optional(Day),
});
export type OrganisationState = Static<typeof OrganisationState>;

export const GroupMembership = Type.Object({
  person: Id,
  startDate: Type.Optional(Day),
  endDate: Type.Optional(Day),
});
export type GroupMembership = Static<typeof GroupMembership>;

/** A group is its unit's: when the unit goes to another owner, `huvudman` is that owner from then on. So it is with an activity. */
export const GroupState = Type.Object({
  id: Id,
  source: SourceId,
  huvudman: HuvudmanId,
  schoolUnit: Type.Optional(SchoolUnitCode),
  displayName: ShortText,
  groupType: GroupType,
  schoolType: Type.Optional(SchoolType),
  startDate: Day,
  endDate: Type.Optional(Day),
  groupMemberships: Type.Array(GroupMembership, { maxItems: 5000 }),
});
export type GroupState = Static<typeof GroupState>;

export const ActivityState = Type.Object({
  id: Id,
  source: SourceId,
  huvudman: HuvudmanId,
  schoolUnit: Type.Optional(SchoolUnitCode),
  displayName: ShortText,
  groups: Type.Array(Id, { maxItems: 500 }),
  /** Hub ids of the duties that teach it. */
  teachers: Type.Array(Id, { maxItems: 500 }),
  /** The test activity it belongs to, if any: Skolverket's id. */
  parentActivity: Type.Optional(Id),
  startDate: Day,
  endDate: Type.Optional(Day),
});
export type ActivityState = Static<typeof ActivityState>;

/** An absence or attendance report about one person. It never holds a reason (design §8). */
export const PresenceReport = Type.Object({
  id: Id,
  source: SourceId,
  huvudman: HuvudmanId,
  schoolUnit: Type.Optional(SchoolUnitCode),
  kind: literals(['absence', 'attendance', 'attendance-event']),
  startTime: Instant,
  endTime: Type.Optional(Instant),
  /** SS 12000 `Absence.type`, `AttendanceEvent.eventType` or what the minutes of an Attendance amount to. */
  says: literals([
    'Beviljad ledighet', 'Anmäld frånvaro', 'In', 'Ut', 'present', 'valid-absence', 'invalid-absence', 'not-reported',
  ]), // prettier-ignore
  minutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 1440 })),
});
export type PresenceReport = Static<typeof PresenceReport>;

/** The right of one person to reach the test service at one unit, with one huvudman's EPPN (design §6). */
export const AccessEntry = Type.Object({
  id: Id,
  huvudman: HuvudmanId,
  schoolUnit: SchoolUnitCode,
  schoolType: Type.Optional(SchoolType),
  role: literals(['pupil', 'teacher', 'test-administrator', 'principal']),
  /** Null while the huvudman has not said it; the entry is usable once it is known. */
  eppn: Type.Union([Eppn, Type.Null()]),
  /** Test assignments go to the one home of a pupil in GR, SP, SAM or GY. */
  home: Type.Boolean(),
  /** Why the entry stands: an enrolment or duty, or one of the named states that keeps it beyond that. */
  held: literals(['enrolment', 'duty', 'contested', 'bridged', 'make-before-break', 'postponed']),
  since: Instant,
  /** The day after which the entry ends unless new facts come; absent when nothing bounds it. */
  until: Type.Optional(Day),
  requiredAssurance: literals(['none', 'loa2', 'loa3']),
  /** The rule of design §6 and the source event that made it so. */
  because: Type.Object({ rule: ShortText, cause: ShortText }),
});
export type AccessEntry = Static<typeof AccessEntry>;

export const ACCESS_STATES = ['awaiting', 'contested', 'bridged', 'gap', 'postponed'] as const;

/** A named state that somebody must know of, or act on. */
export const AccessStanding = Type.Object({
  state: literals(ACCESS_STATES),
  huvudman: HuvudmanId,
  schoolUnit: Type.Optional(SchoolUnitCode),
  entry: Type.Optional(Id),
  since: Instant,
  until: Type.Optional(Day),
  mustAct: literals(['huvudman', 'leaving-huvudman', 'joining-huvudman', 'operator', 'nobody']),
});
export type AccessStanding = Static<typeof AccessStanding>;

export const TestAssignment = Type.Object({
  id: Id,
  activity: Id,
  huvudman: HuvudmanId,
  schoolUnit: SchoolUnitCode,
  state: literals(['assigned', 'begun', 'submitted', 'missed']),
  windowStart: Day,
  windowEnd: Day,
});
export type TestAssignment = Static<typeof TestAssignment>;

/** All that test-access has decided for one person, as every access event carries it. */
export const AccessState = Type.Object({
  entries: Type.Array(AccessEntry, { maxItems: 100 }),
  standings: Type.Array(AccessStanding, { maxItems: 100 }),
  tests: Type.Array(TestAssignment, { maxItems: 500 }),
});
export type AccessState = Static<typeof AccessState>;
