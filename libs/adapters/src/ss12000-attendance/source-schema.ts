import { Type } from '@sinclair/typebox';
import {
  InstantText,
  Meta,
  Reference,
  Text,
  Uuid,
  YesOrNo,
  kept,
  whole,
} from '../source-values.js';

/**
 * What an absence system sends: Absence, Attendance and AttendanceEvent of SS 12000 2.1 (standards §1.4). No free text is kept: a reason
 * for absence can say something of a pupil's health.
 */

const MINUTES = whole(0, 1440);
const NEVER_KEPT = ['absenceReason', 'reason', 'comment'];

export const Absence = kept(
  {
    id: Uuid,
    meta: Meta,
    startTime: InstantText,
    endTime: InstantText,
    type: Text,
    student: Reference,
    organisation: Type.Optional(Reference),
  },
  ['registeredBy', ...NEVER_KEPT],
);

export const Attendance = kept(
  {
    id: Uuid,
    meta: Meta,
    student: Reference,
    isReported: YesOrNo,
    attendanceMinutes: Type.Optional(MINUTES),
    validAbsenceMinutes: Type.Optional(MINUTES),
    invalidAbsenceMinutes: Type.Optional(MINUTES),
    otherAttendanceMinutes: Type.Optional(MINUTES),
    reportedTimestamp: Type.Optional(InstantText),
    _embedded: Type.Optional(
      kept({
        calendarEvent: Type.Optional(kept({ startTime: InstantText, endTime: InstantText })),
      }),
    ),
  },
  ['calendarEvent', 'reporter', ...NEVER_KEPT],
);

export const AttendanceEvent = kept(
  { id: Uuid, meta: Meta, time: InstantText, eventType: Text, person: Reference },
  ['group', 'registeredBy', '_embedded', ...NEVER_KEPT],
);
