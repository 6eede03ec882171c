import { Type } from '@sinclair/typebox';
import {
  DayText, EppnText, Meta, MunicipalityCodeText, Reference, SchoolUnitCodeText, Text, Uuid, WrittenOrganisationNumberText, YesOrNo,
  kept, list, whole,
} from '../source-values.js'; // prettier-ignore

/** What a student register sends: the objects of SS 12000 2.1 that the hub has a use for, and of each what facts need (standards §1.4). */

const LIMITS = {
  eppns: 50,
  enrolments: 200,
  members: 5000,
  groups: 500,
  teachers: 500,
  schoolTypes: 34,
};

export const Enrolment = kept(
  {
    enroledAt: Reference,
    schoolType: Text,
    schoolYear: Type.Optional(whole(0, 10)),
    startDate: DayText,
    endDate: Type.Optional(DayText),
    cancelled: Type.Optional(YesOrNo),
    educationCode: Type.Optional(Text),
  },
  ['programme', 'specification'],
);

export const Person = kept(
  {
    id: Uuid,
    meta: Meta,
    givenName: Text,
    familyName: Text,
    eduPersonPrincipalNames: Type.Optional(list(EppnText, LIMITS.eppns)),
    civicNo: Type.Optional(kept({ value: Text, nationality: Type.Optional(Text) })),
    birthDate: Type.Optional(DayText),
    securityMarking: Type.Optional(Text),
    personStatus: Type.Optional(Text),
    enrolments: Type.Optional(list(Enrolment, LIMITS.enrolments)),
  },
  [
    'middleName', 'externalIdentifiers', 'sex', 'emails', 'phoneNumbers', 'addresses', 'photo', 'responsibles', '_embedded',
  ], // prettier-ignore
);

export const Duty = kept(
  {
    id: Uuid,
    meta: Meta,
    person: Type.Optional(Reference),
    dutyAt: Reference,
    dutyRole: Text,
    startDate: DayText,
    endDate: Type.Optional(DayText),
  },
  ['assignmentRole', 'description', 'signature', 'dutyPercent', 'hoursPerYear', '_embedded'],
);

export const Group = kept(
  {
    id: Uuid,
    meta: Meta,
    displayName: Text,
    groupType: Text,
    schoolType: Type.Optional(Text),
    organisation: Reference,
    startDate: DayText,
    endDate: Type.Optional(DayText),
    groupMemberships: Type.Optional(
      list(
        kept({
          person: Reference,
          startDate: Type.Optional(DayText),
          endDate: Type.Optional(DayText),
        }),
        LIMITS.members,
      ),
    ),
  },
  ['_embedded'],
);

export const Activity = kept(
  {
    id: Uuid,
    meta: Meta,
    displayName: Text,
    organisation: Reference,
    groups: list(Reference, LIMITS.groups),
    teachers: Type.Optional(
      list(
        kept({ duty: Reference }, ['startDate', 'endDate', 'minutesPlanned', 'grader']),
        LIMITS.teachers,
      ),
    ),
    parentActivity: Type.Optional(Reference),
    startDate: DayText,
    endDate: Type.Optional(DayText),
  },
  ['calendarEventsRequired', 'activityType', 'comment', 'minutesPlanned', 'syllabus', '_embedded'],
);

export const Organisation = kept(
  {
    id: Uuid,
    meta: Meta,
    displayName: Text,
    organisationType: Text,
    organisationNumber: Type.Optional(WrittenOrganisationNumberText),
    parentOrganisation: Type.Optional(Reference),
    schoolUnitCode: Type.Optional(SchoolUnitCodeText),
    schoolTypes: Type.Optional(list(Text, LIMITS.schoolTypes)),
    municipalityCode: Type.Optional(MunicipalityCodeText),
    startDate: Type.Optional(DayText),
    endDate: Type.Optional(DayText),
  },
  ['organisationCode', 'address', 'url', 'email', 'phoneNumber', 'contactInfo'],
);
