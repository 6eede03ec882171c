import { createHash } from 'node:crypto';
import type { SeededRandom } from '#testing';

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

export interface Person {
  readonly civicNumber: string;
  readonly birthDate: string;
  readonly givenName: string;
  readonly familyName: string;
}

const DAY_MS = 86_400_000;
const UNITS = 4;
const FAMILY_NAMES = ['Testsson', 'Provberg', 'Exempelin', 'Påhittad', 'Mönster'];
const GIVEN_NAMES = ['Alva', 'Bo', 'Cleo', 'Disa', 'Ebbe', 'Frej', 'Gry', 'Hedda'];

export function inventHuvudman(
  random: SeededRandom,
  letter: 'a' | 'b',
  organisationNumber: string,
): Huvudman {
  const id = letter + random.uuid().replaceAll('-', '').slice(0, 11);
  const first = letter === 'a' ? 41_000_000 : 42_000_000;
  const units = Array.from({ length: UNITS }, (_, index) => String(first + index));
  return { id, letter, organisationNumber, units };
}

/** @param number another for every person. */
export function inventPerson(random: SeededRandom, number: number): Person {
  const civicNumber = civicNumberOf(number);
  const [, year, month, day] = /^(....)(..)(..)/.exec(civicNumber)!;
  return {
    civicNumber,
    birthDate: `${year}-${month}-${day}`,
    givenName: random.pick(GIVEN_NAMES),
    familyName: random.pick(FAMILY_NAMES),
  };
}

/** A register's record of a pupil, before it has said anything. */
export function newRecord(
  huvudman: Huvudman,
  person: Person,
  localId: string,
  eppn: string,
): PupilRecord {
  return {
    name: `register-${huvudman.letter}/${localId}`,
    huvudman,
    localId,
    person,
    eppn,
    accountEppn: undefined,
    enrolments: [],
    isSettled: false,
    lastModifiedMs: 0,
  };
}

/** A pupil as SS 12000 has it, with something that the hub does not keep. */
export function personData(
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

/** Canvas' id of the pupil's account. */
export function accountId({ localId }: PupilRecord): string {
  const digits = BigInt(`0x${localId.slice(0, 8)}${localId.slice(9, 13)}`);
  return `2107${digits.toString().padStart(15, '0')}`;
}

export function clientOf(letter: 'a' | 'b'): Client {
  return `vendor-${letter}`;
}

/** A personnummer of the years 1890 to 1899 with its check digit; another for every number. */
export function civicNumberOf(number: number): string {
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
