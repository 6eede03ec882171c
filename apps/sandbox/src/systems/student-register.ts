import type { Names } from '../invent/names.js';
import type { Pupil, PupilRecord, SchoolClass, StaffMember, TownHuvudman, TownUnit } from '../invent/town.js'; // prettier-ignore
import { say, type Saying } from './source-event.js';
import { registerOf } from './sources.js';

/** What one huvudman's student register says, in SS 12000 2.1 (standards §1.4). */
export interface RegisterParts {
  readonly huvudman: TownHuvudman;
  readonly units: readonly TownUnit[];
  readonly at: Date;
}

export function sayPupil(pupil: Pupil, record: PupilRecord, parts: RegisterParts): Saying {
  return sayPerson(pupil, record, {
    ...parts,
    more: {
      enrolments: record.enrolments.map((enrolment) => {
        const unit = parts.units.find(({ code }) => code === enrolment.unit)!;
        return {
          enroledAt: { id: unit.id, displayName: unit.displayName },
          schoolType: unit.schoolType,
          schoolYear: enrolment.schoolYear,
          startDate: enrolment.startDate,
          ...(enrolment.endDate && { endDate: enrolment.endDate }),
          cancelled: enrolment.cancelled ?? false,
        };
      }),
      responsibles: [],
    },
  });
}

export function sayStaffMember(staff: StaffMember, parts: RegisterParts): Saying {
  return sayPerson(staff, staff, { ...parts, more: {} });
}

function sayPerson(
  { civicNo, givenName, familyName }: Names & { readonly civicNo: string },
  { localId, eppn }: { readonly localId: string; readonly eppn: string | null },
  { huvudman, at, more }: RegisterParts & { readonly more: object },
): Saying {
  const data = {
    id: localId,
    meta: metaOf(at),
    givenName,
    familyName,
    eduPersonPrincipalNames: eppn === null ? [] : [eppn],
    civicNo: { value: civicNo, nationality: 'SE' },
    birthDate: `${civicNo.slice(0, 4)}-${civicNo.slice(4, 6)}-${civicNo.slice(6, 8)}`,
    sex: 'Okänt',
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    ...more,
  };
  return say(registerOf(huvudman), 'ss12000.person.changed', { object: localId, at, data });
}

export function sayDuty(
  { localId, duty }: StaffMember,
  { huvudman, units, at }: RegisterParts,
): Saying {
  const data = {
    id: duty.id,
    meta: metaOf(at),
    person: { id: localId },
    dutyAt: { id: units.find(({ code }) => code === duty.unit)!.id },
    dutyRole: duty.dutyRole,
    startDate: duty.startDate,
  };
  return say(registerOf(huvudman), 'ss12000.duty.changed', { object: duty.id, at, data });
}

export function sayGroup(group: SchoolClass, { huvudman, units, at }: RegisterParts): Saying {
  const unit = units.find(({ code }) => code === group.unit)!;
  const data = {
    id: group.id,
    meta: metaOf(at),
    displayName: group.displayName,
    startDate: group.startDate,
    groupType: 'Klass',
    schoolType: unit.schoolType,
    organisation: { id: unit.id },
    groupMemberships: group.members.map((id) => ({
      person: { id },
      startDate: group.startDate,
    })),
  };
  return say(registerOf(huvudman), 'ss12000.group.changed', { object: group.id, at, data });
}

export function sayActivity(group: SchoolClass, { huvudman, units, at }: RegisterParts): Saying {
  const data = {
    id: group.activity,
    meta: metaOf(at),
    displayName: `Matematik ${group.displayName}`,
    activityType: 'Undervisning',
    calendarEventsRequired: true,
    startDate: group.startDate,
    ...(group.testActivity && { parentActivity: { id: group.testActivity } }),
    groups: [{ id: group.id }],
    teachers: [{ duty: { id: group.teacherDuty }, startDate: group.startDate }],
    organisation: { id: units.find(({ code }) => code === group.unit)!.id },
  };
  return say(registerOf(huvudman), 'ss12000.activity.changed', {
    object: group.activity,
    at,
    data,
  });
}

function metaOf(at: Date): object {
  return { created: '2026-01-01T08:00:00Z', modified: at.toISOString() };
}
