import { isTravelling } from '../world.js';
import { dayNumber, type Heard } from '../history.js';
import { beingsOf } from './beings.js';
import { OPEN, type KnownEnrolment } from './known-enrolment.js';
import { carryOver } from './owners.js';
import { isAlike, isFull, MARKINGS, markingOf, newestList, type Record } from './record.js';
import { newestOf } from './known-account.js';
import { Records } from './records.js';
import { Undecided } from './ties.js';

export { MARKINGS, Undecided };

export interface KnownTest {
  readonly activity: string;
  readonly state: 'assigned' | 'begun' | 'submitted';
  readonly day: number;
  /** The huvudman that has given the EPPN under which the platform tells it. */
  readonly under: string;
}

/** What the facts say of one person, all sources together. */
export interface KnownPerson {
  /** `source|local id` of each student register's record, with more behind it for what a new identity has left behind. */
  readonly records: readonly string[];
  readonly marking: number;
  readonly enrolments: readonly KnownEnrolment[];
  /** By huvudman: the EPPNs that its sources state now, and those that they have stated. */
  readonly eppns: ReadonlyMap<string, { readonly now: readonly string[]; readonly ever: ReadonlySet<string> }>; // prettier-ignore
  readonly tests: readonly KnownTest[];
  readonly duties: readonly KnownDuty[];
  /** An enrolment at the travelling unit was told of them. */
  readonly hasTravelled: boolean;
}

export interface KnownDuty {
  readonly huvudman: string;
  readonly unit: string;
  readonly start: number;
  readonly end: number;
}

export interface Known {
  readonly persons: readonly KnownPerson[];
  /** The huvudmän that have had the travelling unit. */
  readonly owners: ReadonlySet<string>;
}

export const NOTHING_KNOWN: Known = { persons: [], owners: new Set() };

/**
 * Who there is, and what is known of them, out of everything heard. What the hub has accepted hangs on the order in which it came,
 * since who was first decides whose a number is; all else is made of what was accepted, in the order in which it was said.
 */
export function whatIsKnown(heard: readonly Heard[]): Known {
  const records = new Records();
  for (const one of heard) records.hear(one);
  const accounts = newestOf(records.accounts);
  const duties = dutiesOf(heard, records);
  const beings = beingsOf([...records.all.values()], records.ties);
  checkTests(heard, beings, records);
  const persons = beings.map((being) => {
    const present = being.filter(({ former }) => !former);
    const everBy = eppnsEver(being, records);
    const now = [
      ...present.flatMap((one) => newestList(one).eppns.map((eppn) => ({ ...one, eppn }))),
      ...accounts
        .filter(
          ({ of, fact }) => being.includes(of) && fact.state !== 'deleted' && fact.eppn !== null,
        )
        .map(({ of, fact }) => ({ ...of, eppn: fact.eppn! })),
    ];
    const said = being.flatMap(enrolmentsOf);
    if (areUnlike(present) && said.some((one) => said.some((other) => isBeside(one, other)))) {
      throw new Undecided();
    }
    return {
      records: being.map(({ key }) => key),
      marking: Math.max(...being.map(markingOf)),
      // The hub takes nobody with skyddad folkbokföring from one huvudman to another.
      enrolments: isFull(being) ? said : carryOver(said, records.owners),
      eppns: new Map(
        [...everBy].map(([huvudman, ever]) => {
          const own = now.filter((one) => one.huvudman === huvudman);
          return [huvudman, { now: own.map(({ eppn }) => eppn), ever }] as const;
        }),
      ),
      hasTravelled:
        said.some(({ unit }) => isTravelling(unit)) ||
        being.some(({ former }) => former?.hasTravelled),
      tests: testsOf(heard, being, everBy),
      duties: duties.filter(({ of }) => being.includes(of)),
    };
  });
  return { persons, owners: new Set(records.owners.map(({ huvudman }) => huvudman)) };
}

/** The enrolments of a record, list after list: what a list no longer names has ended on the day of that list. */
function enrolmentsOf({ words, huvudman }: Record): KnownEnrolment[] {
  let known: KnownEnrolment[] = [];
  for (const { modified, list } of [...words].sort(bySaying)) {
    const now = (list?.enrolments ?? []).map(({ unit, schoolType, schoolYear, startDate, endDate, cancelled }) => ({
      huvudman, saidBy: huvudman, unit, schoolType, schoolYear, cancelled, start: dayNumber(startDate), end: endDate === undefined ? OPEN : dayNumber(endDate),
    })); // prettier-ignore
    const isNamed = (one: KnownEnrolment): boolean =>
      now.some(({ unit, schoolType }) => unit === one.unit && schoolType === one.schoolType);
    const day = dayNumber(modified);
    known = [...now, ...known.filter((one) => !isNamed(one)).map((one) => ended(one, day))];
  }
  return known;
}

/** Two whom a human has joined, though nothing but a number says that they are one. */
function areUnlike([first, ...rest]: readonly Record[]): boolean {
  return first !== undefined && rest.some((one) => !isAlike(one, first));
}

/** In two years of one school from the same day: which of them counts, nobody can say. */
function isBeside(one: KnownEnrolment, other: KnownEnrolment): boolean {
  return (
    one.unit === other.unit && one.start === other.start && one.schoolYear !== other.schoolYear
  );
}

function bySaying(one: { modified: string }, other: { modified: string }): number {
  return one.modified < other.modified ? -1 : 1;
}

function ended(one: KnownEnrolment, day: number): KnownEnrolment {
  if (one.cancelled || one.end <= day) return one;
  return one.start > day ? { ...one, cancelled: true } : { ...one, end: day };
}

/** By huvudman: every EPPN that one of its sources has given the person. */
function eppnsEver(being: readonly Record[], { accounts }: Records): Map<string, Set<string>> {
  const ever = new Map<string, Set<string>>();
  for (const { huvudman, words, ...record } of being) {
    const own = ever.get(huvudman) ?? new Set<string>();
    ever.set(huvudman, own);
    for (const { list } of words) for (const eppn of list?.eppns ?? []) own.add(eppn);
    for (const eppn of record.former?.eppns ?? []) own.add(eppn);
    for (const { of, fact } of accounts) {
      if (of.key === record.key && fact.state !== 'deleted' && fact.eppn !== null)
        own.add(fact.eppn);
    }
  }
  return ever;
}

const STATES = ['assigned', 'begun', 'submitted'] as const;

/** A report finds its person by any EPPN that the person has ever had; a test only goes forward. */
function testsOf(
  heard: readonly Heard[],
  being: readonly Record[],
  everBy: ReadonlyMap<string, ReadonlySet<string>>,
): KnownTest[] {
  const tests = new Map<string, KnownTest & { readonly at: string }>();
  for (const [index, one] of heard.entries()) {
    const fact = 'deed' in one ? undefined : one.telling.fact;
    if (fact?.kind !== 'test-reported') continue;
    const under = [...everBy].find(([, ever]) => ever.has(fact.eppn))?.[0];
    if (under === undefined || !isTheirsSince(fact.eppn, being, index)) continue;
    const before = tests.get(fact.assignment);
    if (before?.state === fact.state && before.at <= fact.at) continue;
    if (before !== undefined && STATES.indexOf(before.state) > STATES.indexOf(fact.state)) continue;
    const { activity, state, at } = fact;
    tests.set(fact.assignment, { activity, state, under, at, day: dayNumber(at) });
  }
  return [...tests.values()];
}

/** A test that was written by two who are one no longer is one of theirs: whose, hangs on who wrote last while they were one. */
function checkTests(
  heard: readonly Heard[],
  beings: readonly (readonly Record[])[],
  records: Records,
): void {
  if (!heard.some((one) => 'deed' in one)) return;
  const seen = new Set<string>();
  for (const being of beings) {
    const ever = eppnsEver(being, records);
    const isTheirs = (eppn: string): boolean => [...ever.values()].some((own) => own.has(eppn));
    const written = heard.flatMap((one) => {
      const fact = 'deed' in one ? undefined : one.telling.fact;
      return fact?.kind === 'test-reported' && isTheirs(fact.eppn) ? [fact.assignment] : [];
    });
    for (const assignment of new Set(written)) {
      if (seen.has(assignment)) throw new Undecided();
      seen.add(assignment);
    }
  }
}

/** An EPPN that a new identity goes on with was the former one's until then. */
function isTheirsSince(eppn: string, being: readonly Record[], index: number): boolean {
  return being.every(({ anew, former }) => {
    if (anew?.eppnsBefore.has(eppn)) return index >= anew.since;
    return !former?.eppns.has(eppn) || index < former.until || former.kept.has(eppn);
  });
}

/** What was told of staff before they were another is told anew by the same word. */
function isNoNews(
  modified: string,
  before: { readonly modified: string; readonly index: number } | undefined,
  { of: { anew }, index }: { readonly of: Record; readonly index: number },
): boolean {
  if (before === undefined || modified > before.modified) return false;
  const isAnew = anew !== undefined && before.index < anew.since && index >= anew.since;
  return !isAnew || modified < before.modified;
}

/** A duty is its person’s once the same register has told of them, until it drops them or means another: what it tells later stands again. */
function dutiesOf(
  heard: readonly Heard[],
  { all }: Records,
): readonly (KnownDuty & { readonly of: Record })[] {
  const newest = new Map<string, { modified: string; index: number; duty: KnownDuty & { of: Record } }>(); // prettier-ignore
  for (const [index, one] of heard.entries()) {
    if ('deed' in one || one.telling.fact.kind !== 'duty-asserted') continue;
    const { source, fact } = one.telling;
    const of = all.get(`${source}|${fact.person}`);
    const key = `${source}|${fact.localId}`;
    if (of === undefined || isNoNews(fact.modified, newest.get(key), { of, index })) continue;
    const { unit, startDate, endDate } = fact;
    const end = endDate === undefined ? OPEN : dayNumber(endDate);
    const duty = { of, huvudman: of.huvudman, unit, start: dayNumber(startDate), end };
    newest.set(key, { modified: fact.modified, index, duty });
  }
  return [...newest.values()].flatMap(({ modified, index, duty }) => {
    const { words, anew } = duty.of;
    const isStill = words.every((word) => word.list !== undefined || word.modified < modified);
    const isTheirs = anew === undefined || (index >= anew.since && modified > anew.forgotten);
    return isStill && isTheirs ? [duty] : [];
  });
}
