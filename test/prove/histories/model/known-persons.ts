import type { PersonAsserted } from '#adapters';
import { dayNumber, type Heard } from '../history.js';
import { SOURCES, UNITS } from '../world.js';

/** One enrolment by the facts; days are numbers, `end` is the last day. */
export interface KnownEnrolment {
  readonly huvudman: string;
  readonly unit: string;
  readonly schoolType: string;
  readonly schoolYear: number | undefined;
  readonly start: number;
  readonly end: number;
  readonly cancelled: boolean;
}

export interface KnownTest {
  readonly activity: string;
  readonly state: 'assigned' | 'begun' | 'submitted';
  readonly day: number;
}

/** What the facts say of one person, all sources together. */
export interface KnownPerson {
  /** `source|local id` of each student register's record. */
  readonly records: readonly string[];
  readonly marking: number;
  readonly enrolments: readonly KnownEnrolment[];
  /** By huvudman: the EPPNs that its sources state now, and those that they have stated. */
  readonly eppns: ReadonlyMap<string, { readonly now: readonly string[]; readonly ever: ReadonlySet<string> }>; // prettier-ignore
  readonly tests: readonly KnownTest[];
  readonly duties: readonly KnownDuty[];
}

export interface KnownDuty {
  readonly huvudman: string;
  readonly unit: string;
  readonly start: number;
  readonly end: number;
}

/** No end is known. */
export const OPEN = Number.MAX_SAFE_INTEGER;

const OWNER = new Map(SOURCES.map(({ id, huvudman }) => [id, huvudman ?? '']));
const UNIT_OWNER = new Map(UNITS.map(({ code, huvudman }) => [code, huvudman]));
export const MARKINGS = ['Ingen', 'Sekretessmarkering', 'Skyddad folkbokföring'];
const FULL = 2;

/**
 * Whose a record is, no rule says but a human: two who were kept apart bear one number and neither is protected any more, or two who
 * have different numbers are given one EPPN.
 */
export class Undecided extends Error {}

interface Record {
  readonly key: string;
  readonly huvudman: string;
  readonly person: Being;
  /** All that the register has said of it, in no order. */
  readonly words: Word[];
  readonly number: string | undefined;
  readonly names: ReadonlySet<string>;
  readonly born: string | undefined;
}

/** A list of enrolments, or that there is nobody any more. */
interface Word {
  readonly modified: string;
  readonly list: Pick<PersonAsserted, 'enrolments' | 'eppns' | 'securityMarking'> | undefined;
}

/** Somebody, as far as the facts tell people apart. */
interface Being {
  readonly records: Record[];
  readonly everByHuvudman: Map<string, Set<string>>;
  readonly accounts: { readonly huvudman: string; readonly eppn: string }[];
  readonly tests: Map<string, KnownTest>;
  readonly duties: KnownDuty[];
}

/**
 * Who there is, and what is known of them, out of everything heard. It goes once through the facts of the student registers in the
 * order in which they came, since who was first decides whose a number is; what they say of enrolments is taken in the order in which
 * it was said.
 */
export function knownPersons(heard: readonly Heard[]): KnownPerson[] {
  const records = new Map<string, Record>();
  const removed = new Map<string, Word[]>();
  const beings: Being[] = [];
  for (const { telling } of heard) {
    const { fact, source } = telling;
    if (fact.kind !== 'person-asserted' && fact.kind !== 'person-removed') continue;
    const key = `${source}|${fact.localId}`;
    const words = records.get(key)?.words ?? removed.get(key) ?? [];
    if (words.some(({ modified }) => modified === fact.modified)) continue;
    if (fact.kind === 'person-asserted') {
      hear(fact, { key, source, records, beings, words });
    } else {
      words.push({ modified: fact.modified, list: undefined });
      if (!records.has(key)) removed.set(key, words);
    }
  }
  hearAccounts(heard, records);
  hearTests(heard, beings);
  hearDuties(heard, records);
  return beings.map(asKnown);
}

interface About {
  readonly key: string;
  readonly source: string;
  readonly records: Map<string, Record>;
  readonly beings: Being[];
  readonly words: Word[];
}

function hear(fact: PersonAsserted, { key, source, records, beings, words }: About): void {
  const huvudman = OWNER.get(source)!;
  if (fact.enrolments.some(({ unit }) => UNIT_OWNER.get(unit) !== huvudman)) return; // not its to say
  const marking = markingNumber(fact);
  const names = new Set([fact.names.givenName, fact.names.familyName]);
  const record = records.get(key);
  const holder = holderOf(fact.civicNo, { huvudman, marking, beings });
  if (record !== undefined) {
    if (record.number !== undefined && fact.civicNo !== record.number) return; // a human must answer
    if (holder !== undefined && holder !== record.person) return;
  } else if (holder !== undefined && !holder.records.some((one) => agree(one, names, fact))) return;
  const person = record?.person ?? holder ?? newBeing(beings);
  if (beings.some((other) => other !== person && hasHad(other, fact.eppns))) throw new Undecided();
  words.push({ modified: fact.modified, list: fact });
  note(person, huvudman, fact.eppns);
  if (record !== undefined) return;
  const told = { key, huvudman, person, words, names, born: fact.birthDate, number: fact.civicNo };
  records.set(key, told);
  person.records.push(told);
}

function hasHad({ everByHuvudman }: Being, eppns: readonly string[]): boolean {
  return [...everByHuvudman.values()].some((ever) => eppns.some((eppn) => ever.has(eppn)));
}

function markingNumber({ securityMarking }: Pick<PersonAsserted, 'securityMarking'>): number {
  return MARKINGS.indexOf(securityMarking ?? 'Ingen');
}

function newBeing(beings: Being[]): Being {
  const being: Being = {
    records: [],
    everByHuvudman: new Map(),
    accounts: [],
    tests: new Map(),
    duties: [],
  };
  beings.push(being);
  return being;
}

/** Whose a number is: within the own huvudman first; another's only if nobody who bears it is fully protected. */
function holderOf(
  number: string | undefined,
  { huvudman, marking, beings }: { huvudman: string; marking: number; beings: readonly Being[] },
): Being | undefined {
  if (number === undefined) return undefined;
  const holders = beings.filter(({ records }) => records.some((one) => one.number === number));
  const own = holders.find(({ records }) => records.some((one) => one.huvudman === huvudman));
  if (own !== undefined || marking === FULL) return own;
  if (holders.some((being) => markingOf(being) === FULL)) return undefined;
  if (holders.length > 1) throw new Undecided();
  return holders[0];
}

function agree(one: Record, names: ReadonlySet<string>, fact: PersonAsserted): boolean {
  return one.born === fact.birthDate && [...names].some((name) => one.names.has(name));
}

function markingOf({ records }: Being): number {
  return records.reduce((strictest, one) => Math.max(strictest, markingNumber(newestList(one))), 0);
}

/** What a record stands for, also when its person was dropped since: the last list of all. */
function newestList({ words }: Record): NonNullable<Word['list']> {
  let newest: Word | undefined;
  for (const word of words) {
    if (word.list !== undefined && word.modified > (newest?.modified ?? '')) newest = word;
  }
  return newest!.list!;
}

/** The enrolments of a record, list after list: what a list no longer names has ended on the day of that list. */
function enrolmentsOf({ words, huvudman }: Record): KnownEnrolment[] {
  let known: KnownEnrolment[] = [];
  for (const { modified, list } of [...words].sort(bySaying)) {
    const now = (list?.enrolments ?? []).map(({ unit, schoolType, schoolYear, startDate, endDate, cancelled }) => ({
      huvudman, unit, schoolType, schoolYear, cancelled, start: dayNumber(startDate), end: endDate === undefined ? OPEN : dayNumber(endDate),
    })); // prettier-ignore
    const isNamed = (one: KnownEnrolment): boolean =>
      now.some(({ unit, schoolType }) => unit === one.unit && schoolType === one.schoolType);
    const day = dayNumber(modified);
    known = [...now, ...known.filter((one) => !isNamed(one)).map((one) => ended(one, day))];
  }
  return known;
}

function bySaying(one: Word, other: Word): number {
  return one.modified < other.modified ? -1 : 1;
}

function ended(one: KnownEnrolment, day: number): KnownEnrolment {
  if (one.cancelled || one.end <= day) return one;
  return one.start > day ? { ...one, cancelled: true } : { ...one, end: day };
}

function note({ everByHuvudman }: Being, huvudman: string, eppns: readonly string[]): void {
  let ever = everByHuvudman.get(huvudman);
  if (ever === undefined) everByHuvudman.set(huvudman, (ever = new Set()));
  for (const eppn of eppns) ever.add(eppn);
}

/** An account is its person's once a register of the same huvudman has told of that person; of each account the newest word holds. */
function hearAccounts(heard: readonly Heard[], records: ReadonlyMap<string, Record>): void {
  const newest = new Map<string, { modified: string; person: Being | undefined; huvudman: string; eppn: string | null }>(); // prettier-ignore
  for (const { telling } of heard) {
    const { fact, source } = telling;
    if (fact.kind !== 'account-asserted') continue;
    const huvudman = OWNER.get(source)!;
    const owner = [...records.values()].find(
      (one) => one.huvudman === huvudman && one.key.endsWith(`|${fact.person}`),
    );
    const key = `${source}|${fact.localId}`;
    if (fact.modified <= (newest.get(key)?.modified ?? '')) continue;
    const eppn = fact.state === 'deleted' ? null : fact.eppn;
    newest.set(key, { modified: fact.modified, person: owner?.person, huvudman, eppn });
    if (owner !== undefined && eppn !== null) note(owner.person, huvudman, [eppn]);
  }
  for (const { person, huvudman, eppn } of newest.values()) {
    if (person !== undefined && eppn !== null) person.accounts.push({ huvudman, eppn });
  }
}

const STATES = ['assigned', 'begun', 'submitted'] as const;

/** A report finds its person by any EPPN that the person has ever had; a test only goes forward. */
function hearTests(heard: readonly Heard[], beings: readonly Being[]): void {
  for (const { telling } of heard) {
    const { fact } = telling;
    if (fact.kind !== 'test-reported') continue;
    const person = beings.find(({ everByHuvudman }) =>
      [...everByHuvudman.values()].some((ever) => ever.has(fact.eppn)),
    );
    if (person === undefined) continue;
    const before = person.tests.get(fact.assignment);
    const day = dayNumber(fact.at);
    if (before?.state === fact.state && before.day <= day) continue;
    if (before !== undefined && STATES.indexOf(before.state) > STATES.indexOf(fact.state)) continue;
    const { activity, state } = fact;
    person.tests.set(fact.assignment, { activity, state, day });
  }
}

/** A duty is its person's once the same register has told of that person. */
function hearDuties(heard: readonly Heard[], records: ReadonlyMap<string, Record>): void {
  const newest = new Map<string, { modified: string; person: Being; duty: KnownDuty }>();
  for (const { telling } of heard) {
    const { fact, source } = telling;
    if (fact.kind !== 'duty-asserted') continue;
    const record = records.get(`${source}|${fact.person}`);
    const key = `${source}|${fact.localId}`;
    if (record === undefined || fact.modified <= (newest.get(key)?.modified ?? '')) continue;
    const { unit, startDate, endDate } = fact;
    const end = endDate === undefined ? OPEN : dayNumber(endDate);
    const duty = { huvudman: record.huvudman, unit, start: dayNumber(startDate), end };
    newest.set(key, { modified: fact.modified, person: record.person, duty });
  }
  for (const { person, duty } of newest.values()) person.duties.push(duty);
}

function asKnown(being: Being): KnownPerson {
  const eppns = new Map(
    [...being.everByHuvudman].map(([huvudman, ever]) => {
      const own = ({ huvudman: of }: { readonly huvudman: string }): boolean => of === huvudman;
      const now = [
        ...being.records.filter(own).flatMap((one) => newestList(one).eppns),
        ...being.accounts.filter(own).map(({ eppn }) => eppn),
      ];
      return [huvudman, { now, ever }] as const;
    }),
  );
  return {
    records: being.records.map(({ key }) => key),
    marking: markingOf(being),
    enrolments: being.records.flatMap(enrolmentsOf),
    eppns,
    tests: [...being.tests.values()],
    duties: being.duties,
  };
}
