import { createHash } from 'node:crypto';
import type { SeededRandom } from '#testing';

/** An event as a vendor would post it, and what the proof remembers of it. */
export interface VendorEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly data: object;
  /** Whose credential sends it. */
  readonly client: Client;
  /** The object that it is about, named within its source; its events leave in order. */
  readonly object: string;
  /** The pupil's record that it changes, for events that carry its state. */
  readonly record?: string;
}

export type Client = 'vendor-a' | 'vendor-b' | 'national';

export interface Huvudman {
  readonly id: string;
  readonly letter: 'a' | 'b';
  readonly organisationNumber: string;
  readonly units: readonly string[];
}

/** What one register has last said of one pupil: what its huvudman must in the end have been told. */
export interface PupilRecord {
  /** Source and local id. */
  readonly name: string;
  readonly huvudman: Huvudman;
  readonly localId: string;
  readonly person: Person;
  eppn: string;
  /** The EPPN that the learning platform has given, once it has. */
  accountEppn: string | undefined;
  enrolments: EnrolmentSaid[];
  /** Takes part in no further move. */
  isSettled: boolean;
  lastModifiedMs: number;
}

export interface EnrolmentSaid {
  readonly unit: string;
  readonly startDate: string;
  endDate?: string;
}

interface Person {
  readonly civicNumber: string;
  readonly birthDate: string;
  readonly givenName: string;
  readonly familyName: string;
}

interface Assignment {
  readonly record: PupilRecord;
  readonly id: string;
  state: number;
}

const TEST_STATES = ['assigned', 'begun', 'submitted'] as const;
const FAMILY_NAMES = ['Testsson', 'Provberg', 'Exempelin', 'Påhittad', 'Mönster'];
const GIVEN_NAMES = ['Alva', 'Bo', 'Cleo', 'Disa', 'Ebbe', 'Frej', 'Gry', 'Hedda'];
const DAY_MS = 86_400_000;
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
  readonly activity = nationalId('GRGRMAT01_9');
  private readonly list: PupilRecord[] = [];
  private readonly assignments: Assignment[] = [];
  private readonly absences: { record: PupilRecord; id: string }[] = [];
  private readonly pending: VendorEvent[] = [];
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
    this.huvudmen = [this.newHuvudman('a', '2120009901'), this.newHuvudman('b', '5560009902')];
  }

  /** What an administrator has decided, as records of `admin.settings`. */
  settings(): { readonly key: string; readonly value: string }[] {
    const settings: { kind: string; id: string }[] = this.huvudmen.flatMap((huvudman) => [
      huvudmanSetting(huvudman),
      sourceSetting(`register-${huvudman.letter}`, huvudman, 'elevregister', 'ss12000'),
      sourceSetting(`absence-${huvudman.letter}`, huvudman, 'absence', 'ss12000-attendance'),
      sourceSetting(`platform-${huvudman.letter}`, huvudman, 'learning-platform', 'canvas'),
    ]);
    settings.push(
      sourceSetting('units', null, 'school-units', 'school-units'),
      sourceSetting('tests', null, 'test-platform', 'test-platform'),
      sourceSetting('faulty', this.huvudmen[0], 'learning-platform', 'throws'),
      this.calendar(),
    );
    return settings.map((setting) => ({
      key: `${setting.kind}/${setting.id}`,
      value: JSON.stringify(setting),
    }));
  }

  /** The national register's word on the school units: must be known before pupils are enrolled there. */
  unitEvents(): VendorEvent[] {
    return this.huvudmen.flatMap(({ units, organisationNumber }) =>
      units.map((code) =>
        this.event('national', 'units', 'school-units.unit.changed', code, () => ({
          meta: { extractDate: new Date(this.startedMs).toISOString() },
          data: {
            schoolUnitCode: code,
            attributes: {
              displayName: `Provskolan ${code}`,
              status: 'AKTIV',
              municipalityCode: '0180',
              schoolTypes: ['GR'],
              startdate: '2015-07-01',
            },
          },
          included: { organizationNumber: organisationNumber },
        })),
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
    const record = this.newRecord(huvudman, this.newPerson());
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
        activity: this.activity,
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
    const localId = this.random.uuid();
    const record: PupilRecord = {
      name: `register-${huvudman.letter}/${localId}`,
      huvudman,
      localId,
      person,
      eppn: this.freshEppn(huvudman),
      accountEppn: undefined,
      enrolments: [],
      isSettled: false,
      lastModifiedMs: 0,
    };
    this.records.set(record.name, record);
    this.list.push(record);
    return record;
  }

  private newPerson(): Person {
    const civicNumber = civicNumberOf(this.numbers++);
    const birthDate = `${civicNumber.slice(0, 4)}-${civicNumber.slice(4, 6)}-${civicNumber.slice(6, 8)}`;
    return {
      civicNumber,
      birthDate,
      givenName: this.random.pick(GIVEN_NAMES),
      familyName: this.random.pick(FAMILY_NAMES),
    };
  }

  private newHuvudman(letter: 'a' | 'b', organisationNumber: string): Huvudman {
    const id = letter + this.random.uuid().replaceAll('-', '').slice(0, 11);
    const first = letter === 'a' ? 41_000_000 : 42_000_000;
    const units = Array.from({ length: 4 }, (_, index) => String(first + index));
    return { id, letter, organisationNumber, units };
  }

  private calendar() {
    return {
      kind: 'calendar',
      id: 'year',
      terms: [
        { name: 'HT', startDate: this.dayIn(-100), endDate: this.dayIn(40) },
        { name: 'VT', startDate: this.dayIn(60), endDate: this.dayIn(220) },
      ],
      tests: [
        {
          activity: this.activity,
          displayName: 'Prov i matematik, årskurs 9',
          schoolType: 'GR',
          schoolYear: 9,
          windowStart: this.dayIn(-10),
          windowEnd: this.dayIn(10),
        },
      ],
    };
  }

  private freshEppn({ letter }: Huvudman): string {
    return `elev${this.options.seed}x${this.numbers++}@${letter}.skola.example`;
  }

  private dayIn(days: number): string {
    return new Date(this.options.now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
  }
}

function personData(
  {
    localId,
    person,
    eppn,
    enrolments,
  }: Pick<PupilRecord, 'localId' | 'person' | 'eppn' | 'enrolments'>,
  modified: string,
): object {
  return {
    id: localId,
    meta: { created: '2026-08-17T07:30:00+02:00', modified },
    givenName: person.givenName,
    familyName: person.familyName,
    eduPersonPrincipalNames: [eppn],
    civicNo: { value: person.civicNumber, nationality: 'SE' },
    birthDate: person.birthDate,
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    phoneNumbers: [{ value: '070-1740605', type: 'Hem', mobile: true }],
    enrolments: enrolments.map(({ unit, startDate, endDate }) => ({
      enroledAt: { id: nationalId(unit), displayName: `Provskolan ${unit}` },
      schoolYear: 9,
      schoolType: 'GR',
      startDate,
      ...(endDate !== undefined && { endDate }),
      cancelled: false,
    })),
  };
}

function clientOf(letter: 'a' | 'b'): Client {
  return `vendor-${letter}`;
}

function accountId({ localId }: PupilRecord): string {
  const digits = BigInt(`0x${localId.slice(0, 8)}${localId.slice(9, 13)}`);
  return `2107${digits.toString().padStart(15, '0')}`;
}

function huvudmanSetting({ id, letter, organisationNumber }: Huvudman) {
  return {
    kind: 'huvudman',
    id,
    displayName: `Provhuvudman ${letter.toUpperCase()}`,
    organisationNumber,
    owner: letter === 'a' ? 'municipal' : 'independent',
    subscriberClients: [],
  };
}

function sourceSetting(id: string, huvudman: Huvudman | null, sourceKind: string, adapter: string) {
  return {
    kind: 'source',
    id,
    huvudman: huvudman?.id ?? null,
    sourceKind,
    adapter,
    clients: [huvudman === null ? 'national' : clientOf(huvudman.letter)],
    contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
  };
}

/** A personnummer of the years 1890 to 1899 with its check digit; another for every number. */
function civicNumberOf(number: number): string {
  const day = new Date(Date.UTC(1890, 0, 1) + (number % 3_600) * DAY_MS);
  const date = day.toISOString().slice(0, 10).replaceAll('-', '');
  const serial = String(1 + Math.floor(number / 3_600)).padStart(3, '0');
  const digits = date.slice(2) + serial;
  let sum = 0;
  for (const [index, digit] of [...digits].entries()) {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    sum += product > 9 ? product - 9 : product;
  }
  return `${date}${serial}${(10 - (sum % 10)) % 10}`;
}

/** UUID version 5 in the nil namespace: Skolverket's rule for the ids of units and test activities. */
export function nationalId(name: string): string {
  const bytes = createHash('sha1').update(Buffer.alloc(16)).update(name, 'utf8').digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
