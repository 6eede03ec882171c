import type { Static } from '@sinclair/typebox';
import {
  DUTY_ROLES, GROUP_TYPES, PERSON_STATUSES, SCHOOL_TYPES, SECURITY_MARKINGS,
} from '#canonical'; // prettier-ignore
import type {
  ActivityAsserted, DutyAsserted, EnrolmentAsserted, Fact, GroupAsserted, OrganisationAsserted, PersonAsserted,
} from '../facts.js'; // prettier-ignore
import { makeAdapter, message, type Message } from '../make-adapter.js';
import { readDeletion } from '../read-deletion.js';
import { localId, type Reading } from '../reading.js';
import { correct } from '../redact.js';
import { Deleted } from '../source-values.js';
import { Activity, Duty, Enrolment, Group, Organisation, Person } from './source-schema.js';

/** Student registers that speak SS 12000 2.1; see README.md. */
export const ss12000 = makeAdapter('ss12000', 'elevregister', [
  changed('person', Person, readPerson),
  deleted('person', 'person-removed'),
  changed('duty', Duty, readDuty),
  deleted('duty', 'duty-removed'),
  changed('group', Group, readGroup),
  deleted('group', 'group-removed'),
  changed('activity', Activity, readActivity),
  deleted('activity', 'activity-removed'),
  changed('organisation', Organisation, readOrganisation),
  deleted('organisation', 'organisation-removed'),
]);

function changed<
  T extends typeof Person | typeof Duty | typeof Group | typeof Activity | typeof Organisation,
>(
  objectKind: string,
  schema: T,
  read: (data: Static<T>, reading: Reading) => Fact,
): [string, Message] {
  return message(`ss12000.${objectKind}.changed`, {
    schema,
    objectKind,
    objectIdAt: '/id',
    carriesFullState: true,
    read: (data, reading) => [read(data, reading)],
  });
}

type Removed = Extract<Fact['kind'], 'person-removed' | 'duty-removed' | 'group-removed' | 'activity-removed' | 'organisation-removed'>; // prettier-ignore

function deleted(objectKind: string, kind: Removed): [string, Message] {
  return message(`ss12000.${objectKind}.deleted`, {
    schema: Deleted,
    objectKind,
    objectIdAt: '/id',
    carriesFullState: true,
    read: (data, reading) => [{ kind, ...readDeletion(data, reading) }],
  });
}

function readPerson(data: Static<typeof Person>, reading: Reading): PersonAsserted {
  return {
    kind: 'person-asserted',
    localId: localId(data.id),
    modified: reading.instant('/meta/modified', data.meta.modified),
    names: { givenName: data.givenName, familyName: data.familyName },
    civicNo: readCivicNo(data.civicNo, reading),
    birthDate: reading.dayIfAny('/birthDate', data.birthDate),
    securityMarking: reading.oneOfIfAny(
      '/securityMarking',
      data.securityMarking,
      SECURITY_MARKINGS,
    ),
    personStatus: reading.oneOfIfAny('/personStatus', data.personStatus, PERSON_STATUSES),
    eppns: [...new Set(data.eduPersonPrincipalNames)],
    enrolments: (data.enrolments ?? []).map((enrolment, index) =>
      readEnrolment(enrolment, `/enrolments/${index}`, reading),
    ),
  };
}

/** Twelve digits, or a TF number with two letters after the birth date (standards §3.4). Another country's number is none of ours. */
const CIVIC_NO = /^\d{8}(\d{4}|[A-Z]{2}\d{2})$/;

function readCivicNo(civicNo: Static<typeof Person>['civicNo'], reading: Reading) {
  if (civicNo === undefined || (civicNo.nationality ?? 'SE') !== 'SE') return undefined;
  if (!CIVIC_NO.test(civicNo.value)) {
    const form = 'YYYYMMDDNNNN, or YYYYMMDDTFNN for a number of your own, without hyphen';
    reading.issue('/civicNo/value', correct(`twelve characters of the form ${form}`));
  }
  return civicNo.value;
}

function readEnrolment(
  data: Static<typeof Enrolment>,
  at: string,
  reading: Reading,
): EnrolmentAsserted {
  reading.order(`${at}/endDate`, data.startDate, data.endDate);
  return {
    unit: localId(data.enroledAt.id),
    schoolType: reading.oneOf(`${at}/schoolType`, data.schoolType, SCHOOL_TYPES),
    schoolYear: data.schoolYear,
    educationCode: data.educationCode,
    startDate: reading.day(`${at}/startDate`, data.startDate),
    endDate: reading.dayIfAny(`${at}/endDate`, data.endDate),
    cancelled: data.cancelled ?? false,
  };
}

function readDuty(data: Static<typeof Duty>, reading: Reading): DutyAsserted {
  reading.order('/endDate', data.startDate, data.endDate);
  return {
    kind: 'duty-asserted',
    localId: localId(data.id),
    modified: reading.instant('/meta/modified', data.meta.modified),
    person: data.person === undefined ? null : localId(data.person.id),
    unit: localId(data.dutyAt.id),
    dutyRole: reading.oneOf('/dutyRole', data.dutyRole, DUTY_ROLES),
    startDate: reading.day('/startDate', data.startDate),
    endDate: reading.dayIfAny('/endDate', data.endDate),
  };
}

function readGroup(data: Static<typeof Group>, reading: Reading): GroupAsserted {
  reading.order('/endDate', data.startDate, data.endDate);
  return {
    kind: 'group-asserted',
    localId: localId(data.id),
    modified: reading.instant('/meta/modified', data.meta.modified),
    displayName: data.displayName,
    groupType: reading.oneOf('/groupType', data.groupType, GROUP_TYPES),
    schoolType: reading.oneOfIfAny('/schoolType', data.schoolType, SCHOOL_TYPES),
    unit: localId(data.organisation.id),
    startDate: reading.day('/startDate', data.startDate),
    endDate: reading.dayIfAny('/endDate', data.endDate),
    members: (data.groupMemberships ?? []).map(({ person, startDate, endDate }, index) => {
      const at = `/groupMemberships/${index}`;
      reading.order(`${at}/endDate`, startDate, endDate);
      return {
        person: localId(person.id),
        startDate: reading.dayIfAny(`${at}/startDate`, startDate),
        endDate: reading.dayIfAny(`${at}/endDate`, endDate),
      };
    }),
  };
}

function readActivity(data: Static<typeof Activity>, reading: Reading): ActivityAsserted {
  reading.order('/endDate', data.startDate, data.endDate);
  return {
    kind: 'activity-asserted',
    localId: localId(data.id),
    modified: reading.instant('/meta/modified', data.meta.modified),
    displayName: data.displayName,
    unit: localId(data.organisation.id),
    groups: data.groups.map((group) => localId(group.id)),
    teachers: (data.teachers ?? []).map((teacher) => localId(teacher.duty.id)),
    parentActivity: data.parentActivity && localId(data.parentActivity.id),
    startDate: reading.day('/startDate', data.startDate),
    endDate: reading.dayIfAny('/endDate', data.endDate),
  };
}

/** SS 12000's `OrganisationTypeEnum` (standards §1.4); those that the shared language does not tell apart are `Övrigt`. */
const ORGANISATION_TYPES = [
  'Huvudman', 'Verksamhetsområde', 'Förvaltning', 'Rektorsområde', 'Skola', 'Skolenhet', 'Varumärke', 'Bolag', 'Övrigt', 'Stadsdel',
] as const; // prettier-ignore

const ORGANISATION_DIGITS = 10;

function readOrganisation(
  data: Static<typeof Organisation>,
  reading: Reading,
): OrganisationAsserted {
  const type = reading.oneOf('/organisationType', data.organisationType, ORGANISATION_TYPES);
  reading.order('/endDate', data.startDate, data.endDate);
  return {
    kind: 'organisation-asserted',
    localId: localId(data.id),
    modified: reading.instant('/meta/modified', data.meta.modified),
    organisationType:
      type === 'Huvudman' || type === 'Skola' || type === 'Skolenhet' ? type : 'Övrigt',
    displayName: data.displayName,
    schoolUnitCode: data.schoolUnitCode,
    organisationNumber: data.organisationNumber?.replace('-', '').slice(-ORGANISATION_DIGITS),
    parent: data.parentOrganisation && localId(data.parentOrganisation.id),
    schoolTypes: (data.schoolTypes ?? []).map((schoolType, index) =>
      reading.oneOf(`/schoolTypes/${index}`, schoolType, SCHOOL_TYPES),
    ),
    municipalityCode: data.municipalityCode,
    startDate: reading.dayIfAny('/startDate', data.startDate),
    endDate: reading.dayIfAny('/endDate', data.endDate),
  };
}
