import {
  ELIGIBLE_SCHOOL_TYPES,
  type Duty,
  type Enrolment,
  type PersonState,
  type SchoolType,
} from '#canonical';
import { staffRole } from './entitle-duties.js';

const eligibleSchoolTypes: ReadonlySet<SchoolType> = new Set(ELIGIBLE_SCHOOL_TYPES);

/**
 * Of a person's state, what can matter for access. What it leaves out (preschool, leisure-time centre, a kitchen's staff) must
 * not cost a decision when it changes.
 */
export function keepFacts(person: PersonState): PersonState {
  return {
    id: person.id,
    securityMarking: person.securityMarking,
    personStatus: person.personStatus,
    standing: person.standing,
    eppns: person.eppns,
    enrolments: person.enrolments.filter(isTestEnrolment),
    duties: person.duties.filter(isTestDuty),
    tests: person.tests,
    ...(person.formerIds && { formerIds: person.formerIds }),
    ...(person.splitFrom && { splitFrom: person.splitFrom }),
  };
}

function isTestEnrolment({ schoolType }: Enrolment): boolean {
  return eligibleSchoolTypes.has(schoolType);
}

function isTestDuty({ dutyRole }: Duty): boolean {
  return staffRole(dutyRole) !== undefined;
}
