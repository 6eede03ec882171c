import type { SeededRandom } from '#testing';
import { accountId, clientOf, inventHuvudman, inventPerson, newRecord, personData, type Client, type Huvudman, type Person, type PupilRecord } from './pupils.js'; // prettier-ignore
import { ACTIVITY, dayAfter, settingsOf, unitData } from './town-settings.js';
import type { VendorEvent } from './vendor-event.js';

interface Assignment {
  readonly record: PupilRecord;
  readonly id: string;
  state: number;
}

const TEST_STATES = ['assigned', 'begun', 'submitted'] as const;
/** Each event is this much later at its source than the one before, so that no two are of the same time. */
const STEP_MS = 4;
const HOUR_MS = 3_600_000;

/**
 * Two huvudmän, their school units and pupils, all invented, and an endless stream of what their systems say. A seed decides
 * everything but the day on which it happens. Numbers are of people born 1890 to 1899, so that nobody living bears them.
 */
export class Town {
  readonly huvudmen: readonly [Huvudman, Huvudman];
  /** By name: what the last event that was made says of each pupil's record. */
  readonly records = new Map<string, PupilRecord>();
  private readonly list: PupilRecord[] = [];
  private readonly assignments: Assignment[] = [];
  private readonly absences: { record: PupilRecord; id: string }[] = [];
  /** The other half of a move that was begun: whoever takes no more events takes these as well. */
  readonly pending: VendorEvent[] = [];
  private readonly startedMs: number;
  private made = 0;
  private numbers = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly options: {
      readonly seed: number;
      readonly pupils: number;
      readonly now: Date;
    },
  ) {
    this.startedMs = options.now.getTime() - HOUR_MS;
    this.huvudmen = [
      inventHuvudman(random, 'a', '2120009901'),
      inventHuvudman(random, 'b', '5560009902'),
    ];
  }

  settings(): { readonly key: string; readonly value: string }[] {
    return settingsOf(this.huvudmen, this.options.now);
  }

  /** The national register's word on the school units: must be known before pupils are enrolled there. */
  unitEvents(): VendorEvent[] {
    return this.huvudmen.flatMap((huvudman) =>
      huvudman.units.map((code) =>
        this.event('national', 'units', 'school-units.unit.changed', code, (at) =>
          unitData(code, huvudman, at),
        ),
      ),
    );
  }

  nextEvent(): VendorEvent {
    const waiting = this.pending.shift();
    if (waiting) return waiting;
    const { random, list, options } = this;
    if (list.length < 20 || (list.length < options.pupils && random.chance(0.25))) {
      return this.newPupil();
    }
    const record = random.pick(list);
    const roll = random.below(100);
    if (roll < 18) return this.newEppn(record);
    if (roll < 36) return this.newEndDate(record);
    if (roll < 44) return this.moveWithin(record);
    if (roll < 48) return this.moveAcross(record);
    if (roll < 66) return this.absence(record);
    if (roll < 77) return this.attendance(record);
    if (roll < 85) return this.account(record);
    if (roll < 89) return this.courseMembership(record);
    if (roll < 98) return this.test(record);
    return this.stale(record);
  }

  private newPupil(): VendorEvent {
    const huvudman = this.random.pick(this.huvudmen);
    const record = this.newRecord(huvudman, inventPerson(this.random, this.numbers++));
    record.enrolments = [{ unit: this.random.pick(huvudman.units), startDate: '2026-08-17' }];
    return this.pupilEvent(record);
  }

  private newEppn(record: PupilRecord): VendorEvent {
    record.eppn = this.freshEppn(record.huvudman);
    return this.pupilEvent(record);
  }

  private newEndDate(record: PupilRecord): VendorEvent {
    const last = record.enrolments.at(-1)!;
    if (record.isSettled) return this.newEppn(record);
    last.endDate = this.dayIn(this.random.between(20, 300));
    return this.pupilEvent(record);
  }

  private moveWithin(record: PupilRecord): VendorEvent {
    const last = record.enrolments.at(-1)!;
    if (record.isSettled || record.enrolments.length > 4) return this.newEppn(record);
    const others = record.huvudman.units.filter((unit) => unit !== last.unit);
    const ago = 6 - record.enrolments.length;
    last.endDate = this.dayIn(-ago - 1);
    record.enrolments.push({ unit: this.random.pick(others), startDate: this.dayIn(-ago) });
    return this.pupilEvent(record);
  }

  /** A pupil leaves one huvudman and joins the other; which of the two says so first is chance. */
  private moveAcross(record: PupilRecord): VendorEvent {
    if (record.isSettled) return this.newEndDate(record);
    const [to] = this.huvudmen.filter(({ id }) => id !== record.huvudman.id);
    record.isSettled = true;
    record.enrolments.at(-1)!.endDate = this.dayIn(-1);
    const joined = this.newRecord(to!, record.person);
    // Never to leave again: a third record of one person would have to find the right one of two.
    joined.isSettled = true;
    joined.enrolments = [{ unit: this.random.pick(to!.units), startDate: this.dayIn(0) }];
    const events = [this.pupilEvent(record), this.pupilEvent(joined)];
    const [first, second] = this.random.shuffled(events);
    this.pending.push(second!);
    return first!;
  }

  private absence(record: PupilRecord): VendorEvent {
    const isCorrection = this.absences.length > 0 && this.random.chance(0.2);
    const absence = isCorrection
      ? this.random.pick(this.absences)
      : { record, id: this.random.uuid() };
    if (!isCorrection) this.absences.push(absence);
    const day = this.dayIn(-this.random.between(1, 20));
    const { letter } = absence.record.huvudman;
    return this.event(
      clientOf(letter),
      `absence-${letter}`,
      'ss12000.absence.reported',
      absence.id,
      (modified) => ({
        id: absence.id,
        meta: { modified },
        startTime: `${day}T08:00:00+01:00`,
        endTime: `${day}T16:00:00+01:00`,
        type: 'Anmäld frånvaro',
        student: { id: absence.record.localId },
      }),
    );
  }

  private attendance({ huvudman, localId }: PupilRecord): VendorEvent {
    const id = this.random.uuid();
    const { letter } = huvudman;
    return this.event(
      clientOf(letter),
      `absence-${letter}`,
      'ss12000.attendance.reported',
      id,
      (modified) => ({
        id,
        meta: { modified },
        student: { id: localId },
        isReported: true,
        validAbsenceMinutes: this.random.below(60),
        reportedTimestamp: modified,
      }),
    );
  }

  private account(record: PupilRecord): VendorEvent {
    const { letter } = record.huvudman;
    const id = accountId(record);
    record.accountEppn = `k${this.freshEppn(record.huvudman)}`;
    return this.platformEvent(letter, 'user_updated', id, (modified) => ({
      user_id: id,
      user_login: record.accountEppn,
      user_sis_id: record.localId,
      updated_at: modified,
      workflow_state: 'registered',
    }));
  }

  private courseMembership(record: PupilRecord): VendorEvent {
    const id = String(21_070_000_000_000_000 + this.made);
    return this.platformEvent(record.huvudman.letter, 'enrollment_created', id, (modified) => ({
      enrollment_id: id,
      user_id: accountId(record),
      course_id: '21070000000000565',
      type: 'StudentEnrollment',
      updated_at: modified,
      workflow_state: 'active',
    }));
  }

  private test(record: PupilRecord): VendorEvent {
    const going = this.assignments.filter(({ state }) => state < TEST_STATES.length - 1);
    const isNew = going.length === 0 || this.random.chance(0.4);
    const assignment = isNew
      ? { record, id: this.random.uuid(), state: 0 }
      : this.random.pick(going);
    if (isNew) this.assignments.push(assignment);
    else assignment.state++;
    return this.event(
      'national',
      'tests',
      `test-platform.test.${TEST_STATES[assignment.state]!}`,
      assignment.id,
      (at) => ({
        assignmentId: assignment.id,
        eppn: assignment.record.eppn,
        activity: ACTIVITY,
        at,
      }),
    );
  }

  /** What a register said before, said once more with its old time: to be dropped as older. */
  private stale(record: PupilRecord): VendorEvent {
    const before = { ...record, eppn: `gammal${this.freshEppn(record.huvudman)}` };
    const { letter } = record.huvudman;
    const modified = new Date(record.lastModifiedMs - 1).toISOString();
    return this.event(
      clientOf(letter),
      `register-${letter}`,
      'ss12000.person.changed',
      record.localId,
      () => personData(before, modified),
    );
  }

  private pupilEvent(record: PupilRecord): VendorEvent {
    const { letter } = record.huvudman;
    const event = this.event(
      clientOf(letter),
      `register-${letter}`,
      'ss12000.person.changed',
      record.localId,
      (modified) => personData(record, modified),
    );
    record.lastModifiedMs = Date.parse(event.time);
    return { ...event, record: record.name };
  }

  private platformEvent(
    letter: 'a' | 'b',
    name: string,
    object: string,
    body: (modified: string) => object,
  ): VendorEvent {
    return this.event(
      clientOf(letter),
      `platform-${letter}`,
      `canvas.${name}`,
      object,
      (modified) => ({
        metadata: { event_name: name, event_time: modified },
        body: body(modified),
      }),
    );
  }

  private event(
    client: Client,
    source: string,
    type: string,
    object: string,
    data: (modified: string) => object,
  ): VendorEvent {
    const number = this.made++;
    const time = new Date(this.startedMs + number * STEP_MS).toISOString();
    return {
      id: `${this.options.seed}-${number}`,
      source: `urn:elevnav:source:${source}`,
      type,
      time,
      data: data(time),
      client,
      object: `${source}/${object}`,
    };
  }

  private newRecord(huvudman: Huvudman, person: Person): PupilRecord {
    const record = newRecord(huvudman, person, this.random.uuid(), this.freshEppn(huvudman));
    this.records.set(record.name, record);
    this.list.push(record);
    return record;
  }

  private freshEppn({ letter }: Huvudman): string {
    return `elev${this.options.seed}x${this.numbers++}@${letter}.skola.example`;
  }

  private dayIn(days: number): string {
    return dayAfter(this.options.now, days);
  }
}
