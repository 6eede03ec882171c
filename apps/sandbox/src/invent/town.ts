import type { CalendarSetting, DutyRole, SchoolType, Day } from '#canonical';

/** A piece of an invented Sweden: what the pretend school systems know. It is plain JSON, so that it can be put aside in a file. */
export interface Town {
  readonly seed: number;
  /** The day on which it was invented; what is written in it is written as of this day. */
  readonly day: Day;
  readonly calendar: CalendarSetting;
  readonly huvudmen: readonly TownHuvudman[];
  readonly units: readonly TownUnit[];
  readonly pupils: Pupil[];
  readonly staff: readonly StaffMember[];
  readonly classes: readonly SchoolClass[];
  /** The time of the newest thing that a system has said, in milliseconds. */
  lastSaidMs: number;
  /** How many changes of the live stream have been made. */
  changes: number;
  readonly moves: UnfinishedMove[];
  readonly absences: ReportedAbsence[];
  readonly begunTests: BegunTest[];
}

export interface TownHuvudman {
  /** The hub's opaque id. */
  readonly id: string;
  /** Short and plain, for the ids of its sources and its `.example` domain. */
  readonly slug: string;
  readonly displayName: string;
  readonly owner: 'municipal' | 'independent';
  /** Ten digits whose check digit is wrong, so that no organisation has them. */
  readonly organisationNumber: string;
  readonly municipalityCode: string;
  readonly hasCanvas: boolean;
}

export interface TownUnit {
  readonly code: string;
  /** Skolverket's id of the code. */
  readonly id: string;
  readonly huvudman: string;
  readonly displayName: string;
  readonly schoolType: SchoolType;
  readonly firstYear: number;
  readonly lastYear: number;
}

export interface Pupil {
  readonly civicNo: string;
  givenName: string;
  familyName: string;
  /** One for every huvudman whose register knows the pupil; the newest is the last. */
  readonly records: PupilRecord[];
}

export interface PupilRecord {
  readonly huvudman: string;
  /** The register's own id of the pupil. */
  readonly localId: string;
  eppn: string | null;
  readonly canvasUser: string;
  readonly enrolments: TownEnrolment[];
}

export interface TownEnrolment {
  readonly unit: string;
  readonly schoolYear: number;
  startDate: Day;
  endDate?: Day;
  cancelled?: boolean;
}

export interface StaffMember {
  readonly civicNo: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly huvudman: string;
  readonly localId: string;
  readonly eppn: string;
  readonly duty: TownDuty;
}

export interface TownDuty {
  readonly id: string;
  readonly unit: string;
  dutyRole: DutyRole;
  readonly startDate: Day;
}

export interface SchoolClass {
  readonly id: string;
  readonly activity: string;
  readonly huvudman: string;
  readonly unit: string;
  readonly displayName: string;
  /** Local ids of the pupils who were in it when the school year began. */
  readonly members: readonly string[];
  readonly teacherDuty: string;
  readonly startDate: Day;
  /** The test of the course that the class is taught, where one is assigned by course. */
  readonly testActivity?: string;
}

/** A pupil on the way between two huvudmän: what is still to be said. */
export interface UnfinishedMove {
  readonly pupil: number;
  readonly to: string;
  readonly left: ('leave' | 'join' | 'eppn')[];
}

export interface ReportedAbsence {
  readonly id: string;
  readonly huvudman: string;
  readonly student: string;
  readonly unit: string;
  readonly startTime: string;
  endTime: string;
}

export interface BegunTest {
  readonly assignment: string;
  readonly activity: string;
  readonly pupil: number;
  readonly eppn: string;
}

/** The record of the huvudman where the pupil goes now. */
export function recordOf(pupil: Pupil): PupilRecord {
  return pupil.records.at(-1)!;
}

/** The enrolment that stands today, if any. */
export function standingEnrolment(record: PupilRecord, day: Day): TownEnrolment | undefined {
  return record.enrolments.find(
    ({ startDate, endDate, cancelled }) =>
      !cancelled && startDate <= day && (endDate === undefined || endDate >= day),
  );
}
