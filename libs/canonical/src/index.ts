export {
  EVENT_NAMESPACE,
  NIL_NAMESPACE,
  egilId,
  eventId,
  nationalId,
  uuidFromHex,
  uuidV5,
} from './uuid.js';
export { NEVER, addDays, earlierDay, laterDay, schoolYearOf, startOfStockholmDay, stockholmDay, type Day } from './stockholm-day.js'; // prettier-ignore
export { formatSequence, isNewer, withNumber, type Sequence } from './sequence.js';
export { COMMANDS_TOPIC, SOURCE_KINDS, TOPICS, huvudmanGroupPrefix, huvudmanTopic, sourceTopic, topicRow, type SourceKind, type Stage, type TopicRow } from './topics.js'; // prettier-ignore
export { ENVELOPE_ATTRIBUTES, causationOf, fromBinaryHeaders, toBinaryHeaders, type Envelope, type EnvelopeResult, type RawHeaders } from './envelope.js'; // prettier-ignore
export { decodePayload, encodePayload, type Decoded } from './payload.js';
export {
  DUTY_ROLES, ELIGIBLE_SCHOOL_TYPES, GROUP_TYPES, PERSON_STATUSES, SCHOOL_TYPES, SECURITY_MARKINGS, TEST_SCHOOL_TYPES, TEST_STATES, schoolForm,
  type DutyRole, type GroupType, type PersonStatus, type SchoolType, type SecurityMarking, type TestState,
} from './values.js'; // prettier-ignore
export {
  ACCESS_STATES, AccessEntry, AccessStanding, AccessState, ActivityState, CarriedFrom, Duty, Enrolment, EppnIdentifier, GroupMembership,
  GroupState, OrganisationState, PersonState, PresenceReport, ReportedTest, TestAssignment,
} from './entities.js'; // prettier-ignore
export {
  ACCESS_EVENT_TYPES, CANONICAL_EVENT_TYPES, type AccessChange, type AccessEvent, type AccessEventData, type ActivityEvent,
  type CanonicalEvent, type GroupEvent, type MergeChange, type OrganisationEvent, type PersonEvent, type SeparationChange,
} from './events.js'; // prettier-ignore
export {
  AccessPolicy, CalendarSetting, DEFAULT_ACCESS_POLICY, DEFAULT_RETENTION, HuvudmanSetting, RETENTION_MODES, RetentionSetting, Setting,
  SourceSetting, settingKey, sourceIdOf, sourceUrn,
} from './settings.js'; // prettier-ignore
export {
  ANSWERS,
  ReplayCommand,
  AnswerCommand,
  Command,
  CommandData,
  EraseCommand,
  RETRYING_STAGES,
  type RetryCommand,
  RetryEventCommand,
  RetryGroupCommand,
  SeparateCommand,
  StopRetryCommand,
  commandTarget,
  isOperatorsAlone,
  replayOf,
} from './commands.js';
export { FindingData, OUTCOMES, TrailData, type Outcome } from './findings.js';
export { SCHEMAS, compileSchema, schemaOf, type PayloadSchema } from './schemas.js';
