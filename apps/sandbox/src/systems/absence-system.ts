import type { ReportedAbsence, TownHuvudman, TownUnit } from '../invent/town.js';
import { say, type Saying } from './source-event.js';
import { absenceSystemOf } from './sources.js';

/** What one huvudman's absence system says (SS 12000 2.1 Absence and Attendance). */
export function sayAbsence(
  absence: ReportedAbsence,
  { huvudman, units, at }: { huvudman: TownHuvudman; units: readonly TownUnit[]; at: Date },
): Saying {
  const { id, startTime, endTime, student } = absence;
  const data = {
    id,
    meta: { modified: at.toISOString() },
    startTime,
    endTime,
    type: 'Anmäld frånvaro',
    student: { id: student },
    organisation: { id: units.find(({ code }) => code === absence.unit)!.id },
  };
  return say(absenceSystemOf(huvudman), 'ss12000.absence.reported', { object: id, at, data });
}

export function sayAbsenceDeleted(
  { id }: ReportedAbsence,
  { huvudman, at }: { huvudman: TownHuvudman; at: Date },
): Saying {
  const data = { id, deleted: at.toISOString() };
  return say(absenceSystemOf(huvudman), 'ss12000.absence.deleted', { object: id, at, data });
}

const LESSON_MINUTES = 60;

/** A lesson that a pupil attended, or came late to by some minutes without leave. */
export function sayAttendance(
  lesson: { readonly id: string; readonly student: string; readonly lateMinutes: number },
  { huvudman, at }: { huvudman: TownHuvudman; at: Date },
): Saying {
  const { id, student, lateMinutes } = lesson;
  const data = {
    id,
    meta: { modified: at.toISOString() },
    student: { id: student },
    isReported: true,
    attendanceMinutes: LESSON_MINUTES - lateMinutes,
    validAbsenceMinutes: 0,
    invalidAbsenceMinutes: lateMinutes,
    otherAttendanceMinutes: 0,
    reportedTimestamp: at.toISOString(),
  };
  return say(absenceSystemOf(huvudman), 'ss12000.attendance.reported', { object: id, at, data });
}
