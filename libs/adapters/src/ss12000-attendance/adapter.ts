import type { Static, TSchema } from '@sinclair/typebox';
import type { PresenceReported } from '../facts.js';
import { makeAdapter, message, type Message } from '../make-adapter.js';
import { readDeletion } from '../read-deletion.js';
import { localId, type Reading } from '../reading.js';
import { required } from '../redact.js';
import { Deleted } from '../source-values.js';
import { Absence, Attendance, AttendanceEvent } from './source-schema.js';

/** Absence systems that speak SS 12000 2.1; see README.md. */
export const ss12000Attendance = makeAdapter('ss12000-attendance', 'absence', [
  reported('absence', Absence, readAbsence),
  deleted('absence'),
  reported('attendance', Attendance, readAttendance),
  deleted('attendance'),
  reported('attendance-event', AttendanceEvent, readAttendanceEvent),
  deleted('attendance-event'),
]);

type Presence = PresenceReported['presence'];

function reported<T extends TSchema>(
  presence: Presence,
  schema: T,
  read: (data: Static<T>, reading: Reading) => PresenceReported,
): [string, Message] {
  return message(`ss12000.${presence}.reported`, {
    schema,
    objectKind: presence,
    objectIdAt: '/id',
    carriesFullState: true,
    read: (data, reading) => [read(data, reading)],
  });
}

function deleted(presence: Presence): [string, Message] {
  return message(`ss12000.${presence}.deleted`, {
    schema: Deleted,
    objectKind: presence,
    objectIdAt: '/id',
    carriesFullState: true,
    read: (data, reading) => [
      { kind: 'presence-cancelled', presence, ...readDeletion(data, reading) },
    ],
  });
}

function readAbsence(data: Static<typeof Absence>, reading: Reading): PresenceReported {
  const startTime = reading.instant('/startTime', data.startTime);
  const endTime = reading.instant('/endTime', data.endTime);
  reading.order('/endTime', startTime, endTime);
  return {
    kind: 'presence-reported',
    localId: localId(data.id),
    modified: reading.instant('/meta/modified', data.meta.modified),
    presence: 'absence',
    person: localId(data.student.id),
    startTime,
    endTime,
    says: reading.oneOf('/type', data.type, ['Beviljad ledighet', 'Anmäld frånvaro']),
    unit: data.organisation && localId(data.organisation.id),
  };
}

function readAttendance(data: Static<typeof Attendance>, reading: Reading): PresenceReported {
  const modified = reading.instant('/meta/modified', data.meta.modified);
  return {
    kind: 'presence-reported',
    localId: localId(data.id),
    modified,
    presence: 'attendance',
    person: localId(data.student.id),
    ...lessonTime(data, reading),
    ...whatMinutesSay(data),
  };
}

/**
 * An Attendance has no time of its own, only a reference to its CalendarEvent. The lesson's times count where they are embedded, else the
 * time of the report, which is as a rule the lesson's; what nobody has reported yet claims nothing about a time, and its last change serves.
 */
function lessonTime(
  data: Static<typeof Attendance>,
  reading: Reading,
): { startTime: string; endTime?: string } {
  const lesson = data._embedded?.calendarEvent;
  const at = '/_embedded/calendarEvent';
  if (lesson !== undefined) {
    const startTime = reading.instant(`${at}/startTime`, lesson.startTime);
    const endTime = reading.instant(`${at}/endTime`, lesson.endTime);
    reading.order(`${at}/endTime`, startTime, endTime);
    return { startTime, endTime };
  }
  const lastChange = data.isReported ? undefined : data.meta.modified;
  const startTime = reading.firstInstant(
    [
      ['/reportedTimestamp', data.reportedTimestamp],
      ['/meta/modified', lastChange],
    ],
    required('when it was reported, or better the lesson in _embedded.calendarEvent'),
  );
  return { startTime };
}

/** Any absence in the lesson is told, by its larger kind and with the minutes of that kind; invalid wins when they are equal. */
function whatMinutesSay(
  data: Static<typeof Attendance>,
): Pick<PresenceReported, 'says' | 'minutes'> {
  if (!data.isReported) return { says: 'not-reported' };
  const valid = data.validAbsenceMinutes ?? 0;
  const invalid = data.invalidAbsenceMinutes ?? 0;
  if (invalid > 0 && invalid >= valid) return { says: 'invalid-absence', minutes: invalid };
  if (valid > 0) return { says: 'valid-absence', minutes: valid };
  const present = (data.attendanceMinutes ?? 0) + (data.otherAttendanceMinutes ?? 0);
  return { says: 'present', minutes: Math.min(present, 1440) };
}

function readAttendanceEvent(
  data: Static<typeof AttendanceEvent>,
  reading: Reading,
): PresenceReported {
  return {
    kind: 'presence-reported',
    localId: localId(data.id),
    modified: reading.instant('/meta/modified', data.meta.modified),
    presence: 'attendance-event',
    person: localId(data.person.id),
    startTime: reading.instant('/time', data.time),
    says: reading.oneOf('/eventType', data.eventType, ['In', 'Ut']),
  };
}
