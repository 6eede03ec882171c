import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { nationalId } from '#canonical';

/** The fixed mix, and the little country that it happens in. People are invented, born 1890 to 1899 (no living bearer). */
export interface Mix {
  readonly kinds: readonly {
    kind: EventKind;
    weight: number;
    changesRegister: boolean;
    changesAccess: boolean;
  }[];
  readonly givenNames: readonly string[];
  readonly familyNames: readonly string[];
  readonly person: Record<string, unknown>;
  readonly absence: Record<string, unknown>;
  readonly attendance: Record<string, unknown>;
  readonly account: { metadata: Record<string, unknown>; body: Record<string, unknown> };
}

export type EventKind =
  | 'enrolment-changed' | 'eppn-changed' | 'moved-within' | 'absence-reported' | 'attendance-reported' | 'account-updated'; // prettier-ignore

export interface InventedEvent {
  /** `<run>-<number>`: the number finds the event again on the way out. */
  readonly number: number;
  readonly source: string;
  readonly client: number;
  readonly type: string;
  readonly data: unknown;
}

export const HUVUDMEN = 8;
export const UNITS_EACH = 5;
type SourceName = 'elevregister' | 'absence' | 'learning-platform';

export const huvudmanId = (index: number) => `huvudman${String(index).padStart(4, '0')}`;
export const sourceId = (kind: SourceName, huvudman: number) => `${kind}-${huvudmanId(huvudman)}`;
export const unitCode = (huvudman: number, unit: number) =>
  String(20_000_000 + huvudman * 100 + unit);

interface Person {
  readonly id: string;
  readonly index: number;
  readonly huvudman: number;
  readonly civicNo: string;
  unit: number;
  previousUnit: number | undefined;
  moves: number;
  eppn: number;
  endDay: number;
  modifiedMs: number;
}

export function readMix(): Mix {
  return JSON.parse(readFileSync('test/bench/mix.json', 'utf8')) as Mix;
}

/** Makes events in the order of a seeded random walk; the same seed gives the same events but for their times. */
export class EventInventor {
  private readonly people: Person[];
  private readonly wheel: EventKind[];
  private next = 0;
  private state: number;

  constructor(
    private readonly mix: Mix,
    private readonly run: string,
    persons: number,
    private readonly seed: number,
    private readonly nowMs: () => number = () => Date.now(),
  ) {
    this.state = seed >>> 0 || 1;
    this.people = Array.from({ length: persons }, (_, index) => personOf(seed, index));
    this.wheel = mix.kinds.flatMap(({ kind, weight }) =>
      Array.from({ length: weight }, () => kind),
    );
  }

  get made(): number {
    return this.next;
  }

  /** The first event of person number `index`: it registers them with an enrolment and an EPPN. */
  first(index: number): InventedEvent {
    return this.personEvent(this.people[index]!);
  }

  /** The same of somebody who is not kept in mind, so that there may be any number of them. */
  passing(index: number): InventedEvent {
    return this.personEvent(personOf(this.seed, index));
  }

  any(): { kind: EventKind; event: InventedEvent } {
    const person = this.people[this.random(this.people.length)]!;
    const kind = this.wheel[this.random(this.wheel.length)]!;
    return { kind, event: this.eventOf(kind, person) };
  }

  private eventOf(kind: EventKind, person: Person): InventedEvent {
    switch (kind) {
      case 'enrolment-changed':
        person.endDay = (person.endDay % 27) + 1;
        return this.personEvent(person);
      case 'eppn-changed':
        person.eppn++;
        return this.personEvent(person);
      case 'moved-within':
        person.previousUnit = person.unit;
        person.unit = (person.unit + 1) % UNITS_EACH;
        person.moves++;
        return this.personEvent(person);
      case 'absence-reported':
        return this.reportEvent(person, 'absence');
      case 'attendance-reported':
        return this.reportEvent(person, 'attendance');
      case 'account-updated':
        return this.accountEvent(person);
    }
  }

  private personEvent(person: Person): InventedEvent {
    const eppn = eppnOf(person);
    const data = {
      ...this.mix.person,
      id: person.id,
      meta: { created: '2025-08-01T07:30:00.000+02:00', modified: this.modified(person) },
      givenName: this.mix.givenNames[person.index % this.mix.givenNames.length],
      familyName: this.mix.familyNames[(person.index >> 4) % this.mix.familyNames.length],
      eduPersonPrincipalNames: [eppn],
      externalIdentifiers: [
        {
          value: String(person.index),
          context: 'https://elevregister.example/elev',
          globallyUnique: false,
        },
      ],
      civicNo: { value: person.civicNo, nationality: 'SE' },
      birthDate: `${person.civicNo.slice(0, 4)}-${person.civicNo.slice(4, 6)}-${person.civicNo.slice(6, 8)}`,
      emails: [{ value: eppn, type: 'Skola elev' }],
      enrolments: enrolmentsOf(person),
    };
    return this.event(
      sourceId('elevregister', person.huvudman),
      person,
      'ss12000.person.changed',
      data,
    );
  }

  private reportEvent(person: Person, kind: 'absence' | 'attendance'): InventedEvent {
    const at = this.modified(person);
    const data = {
      ...(kind === 'absence' ? this.mix.absence : this.mix.attendance),
      id: uuid(`${this.run}/${kind}/${this.next}`),
      meta: { created: at, modified: at },
      student: { id: person.id, securityMarking: 'Ingen' },
      ...(kind === 'absence'
        ? { organisation: { id: unitIdOf(person.huvudman, person.unit) } }
        : {
            calendarEvent: {
              id: uuid(`${this.run}/lesson/${this.next}`),
              displayName: 'Matematik, lektion 3',
            },
            reportedTimestamp: at,
          }),
    };
    return this.event(
      sourceId('absence', person.huvudman),
      person,
      `ss12000.${kind}.reported`,
      data,
    );
  }

  private accountEvent(person: Person): InventedEvent {
    const at = this.modified(person);
    const data = {
      metadata: { ...this.mix.account.metadata, event_time: at },
      body: {
        ...this.mix.account.body,
        updated_at: at,
        user_id: String(21_070_000_000_000_000 + person.index),
        user_login: `p${person.index}@${huvudmanId(person.huvudman)}.example`,
        user_sis_id: person.id,
      },
    };
    return this.event(
      sourceId('learning-platform', person.huvudman),
      person,
      'canvas.user_updated',
      data,
    );
  }

  private event(source: string, person: Person, type: string, data: unknown): InventedEvent {
    return { number: this.next++, source, client: person.huvudman, type, data };
  }

  /** Later than the person's last change, and never in the future by more than a few milliseconds. */
  private modified(person: Person): string {
    person.modifiedMs = Math.max(person.modifiedMs + 1, this.nowMs());
    return new Date(person.modifiedMs).toISOString();
  }

  private random(below: number): number {
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (this.state >>> 8) % below;
  }
}

/** The EPPN that a person has from the first event on. */
export function firstEppn(index: number): string {
  return eppnOf({ index, eppn: 0, huvudman: index % HUVUDMEN });
}

function eppnOf({ index, eppn, huvudman }: Pick<Person, 'index' | 'eppn' | 'huvudman'>): string {
  return `p${index}v${eppn}@${huvudmanId(huvudman)}.example`;
}

function personOf(seed: number, index: number): Person {
  return {
    id: uuid(`person/${seed}/${index}`),
    index,
    huvudman: index % HUVUDMEN,
    civicNo: civicNumber(index),
    unit: Math.floor(index / HUVUDMEN) % UNITS_EACH,
    previousUnit: undefined,
    moves: 0,
    eppn: 0,
    endDay: 1,
    modifiedMs: 0,
  };
}

const unitIds = new Map<string, string>();

/** The national id of a unit, hashed once: the inventor shares the cores with what it measures. */
function unitIdOf(huvudman: number, unit: number): string {
  const code = unitCode(huvudman, unit);
  let id = unitIds.get(code);
  if (id === undefined) unitIds.set(code, (id = nationalId(code)));
  return id;
}

function enrolmentsOf(person: Person): unknown[] {
  const enrolment = (unit: number, startDate: string, endDate: string) => ({
    enroledAt: {
      id: unitIdOf(person.huvudman, unit),
      displayName: `Exempelskolan ${unit}`,
    },
    schoolYear: 1 + (person.index % 9),
    schoolType: 'GR',
    startDate,
    endDate,
    cancelled: false,
  });
  const day = (n: number) => new Date(Date.UTC(2025, 7, 18 + n)).toISOString().slice(0, 10);
  const now = enrolment(
    person.unit,
    day(person.moves),
    `2027-06-${String(person.endDay).padStart(2, '0')}`,
  );
  if (person.previousUnit === undefined) return [now];
  return [enrolment(person.previousUnit, day(person.moves - 1), day(person.moves - 1)), now];
}

function uuid(name: string): string {
  const hex = createHash('sha1').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A number with a right check digit, born 1890 to 1899 (standards §3.4). */
export function civicNumber(index: number): string {
  const day = new Date(Date.UTC(1890, 0, 1 + (index % 3_650)));
  const date = day.toISOString().slice(0, 10).replaceAll('-', '');
  const serial = String(1 + Math.floor(index / 3_650)).padStart(3, '0');
  return `${date}${serial}${checkDigit(date.slice(2) + serial)}`;
}

/** The last digit by modulus 10 (Luhn) over the digits before it. */
export function checkDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const doubled = Number(digits[i]) * (i % 2 === 0 ? 2 : 1);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return (10 - (sum % 10)) % 10;
}
