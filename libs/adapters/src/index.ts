export { ADAPTERS, adapterNamed } from './adapters.js';
export { readDeletedEntities, type Deletion } from './ss12000/deleted-entities.js';
export type { Adapter, Admission, Issue, SourceEvent, Translation } from './adapter.js';
export type {
  AccountAsserted, ActivityAsserted, ActivityRemoved, CourseMembershipAsserted, CourseMembershipState,
  CourseMembershipStateAsserted, DutyAsserted, DutyRemoved, EnrolmentAsserted, Fact, FactKind, GroupAsserted, GroupRemoved,
  OrganisationAsserted, OrganisationRemoved, PersonAsserted, PersonRemoved, PresenceCancelled, PresenceReported,
  SchoolUnitAsserted, TestReported, UnitRef,
} from './facts.js'; // prettier-ignore
