import type { AccountAsserted, PersonAsserted, PersonRemoved, SchoolUnitAsserted } from '#adapters';
import { dayNumber } from '../history.js';
import { isTravelling, SOURCES, UNITS } from '../world.js';
import { beingsOf } from './beings.js';
import { maySpeak, ownersBy } from './owners.js';
import { FULL, isAlike, isFull, isProvisional, markingNumber, markingOf, type Record, type Word } from './record.js'; // prettier-ignore

/** Whose a record is, only a human can say: two who are told apart are given one EPPN. */
export class Undecided extends Error {}

export const OWNER = new Map(SOURCES.map(({ id, huvudman }) => [id, huvudman ?? '']));
const UNIT_OWNER = new Map(UNITS.map(({ code, huvudman }) => [code, huvudman]));

/** The records of all student registers, and the accounts of their persons, as the facts come in one after the other. */
export class Records {
  readonly all = new Map<string, Record>();
  /** Accepted accounts, in no order. */
  readonly accounts: { readonly key: string; readonly of: Record; readonly fact: AccountAsserted }[] = []; // prettier-ignore
  /** Whose the travelling unit has been, as far as the national register has told. */
  owners = ownersBy([]);
  private readonly readings: SchoolUnitAsserted[] = [];
  /** Lists that name the travelling unit while it is another’s, as far as is known. */
  private early: { readonly key: string; readonly source: string; readonly fact: PersonAsserted }[] = []; // prettier-ignore
  private readonly removed = new Map<string, Word[]>();
  private readonly waiting = new Map<string, { source: string; fact: AccountAsserted }[]>();

  /** Who turns out to have the unit, or to have had it, may say of it what it has said already. */
  hearOwner(fact: SchoolUnitAsserted): void {
    this.readings.push(fact);
    this.owners = ownersBy(this.readings);
    for (const { fact: list, source } of this.early.splice(0)) this.takeIn(list, source);
  }

  hearRemoval({ localId, modified }: PersonRemoved, source: string): void {
    this.forgetEarly(`${source}|${localId}`, modified);
    const words = this.wordsOf(`${source}|${localId}`);
    if (words.some((word) => word.modified === modified)) return;
    words.push({ modified, list: undefined });
  }

  hearPerson(fact: PersonAsserted, source: string): void {
    this.forgetEarly(`${source}|${fact.localId}`, fact.modified);
    this.takeIn(fact, source);
  }

  private takeIn(fact: PersonAsserted, source: string): void {
    const key = `${source}|${fact.localId}`;
    const huvudman = OWNER.get(source)!;
    const strange = fact.enrolments.find((one) => !this.isOwn(one, huvudman, fact));
    if (strange !== undefined) {
      const isNewest = this.wordsOf(key).every(({ modified }) => modified < fact.modified);
      if (isNewest && isTravelling(strange.unit)) this.early.push({ key, source, fact });
      return; // not its to say
    }
    const words = this.wordsOf(key);
    if (words.some(({ modified }) => modified === fact.modified)) return;
    const record = this.all.get(key);
    const names = new Set([fact.names.givenName, fact.names.familyName]);
    const told: Record = record ?? {
      key,
      huvudman,
      words,
      names,
      born: fact.birthDate,
      numbers: [],
    };
    if (isOtherNumber(fact, told) || this.isForHuman(fact, told)) return;
    words.push({ modified: fact.modified, list: fact });
    note(fact.civicNo, told);
    this.all.set(key, told);
    this.checkEppns(fact.eppns, told);
    if (record !== undefined) return;
    for (const one of this.waiting.get(`${huvudman}|${fact.localId}`) ?? []) {
      this.hearAccount(one.fact, one.source);
    }
  }

  /** An account waits until a register of its huvudman has told of its person; a newer word takes the place of one that waits. */
  hearAccount(fact: AccountAsserted, source: string): void {
    const huvudman = OWNER.get(source)!;
    const key = `${source}|${fact.localId}`;
    const of = [...this.all.values()].find(
      (one) => one.huvudman === huvudman && one.key.endsWith(`|${fact.person}`),
    );
    if (of !== undefined) {
      this.accounts.push({ key, of, fact });
      if (fact.eppn !== null) this.checkEppns([fact.eppn], of);
      return;
    }
    const place = `${huvudman}|${fact.person}`;
    const before = (this.waiting.get(place) ?? []).filter(
      (one) => one.fact.localId !== fact.localId || fact.modified < one.fact.modified,
    );
    this.waiting.set(place, [...before, { source, fact }]);
  }

  /** Older news of the object leaves a newer list where it is. */
  private forgetEarly(key: string, modified: string): void {
    this.early = this.early.filter((one) => one.key !== key || one.fact.modified > modified);
  }

  private isOwn(
    { unit, startDate }: PersonAsserted['enrolments'][number],
    huvudman: string,
    { modified }: PersonAsserted,
  ): boolean {
    if (!isTravelling(unit)) return UNIT_OWNER.get(unit) === huvudman;
    return maySpeak(this.owners, huvudman, { start: dayNumber(startDate), modified });
  }

  private wordsOf(key: string): Word[] {
    const known = this.all.get(key)?.words ?? this.removed.get(key);
    if (known !== undefined) return known;
    const words: Word[] = [];
    this.removed.set(key, words);
    return words;
  }

  /** The number is another's: nobody answers here. A list that comes late is not asked about, unless none came after it. */
  private isForHuman(fact: PersonAsserted, told: Record): boolean {
    const { civicNo: number } = fact;
    const isKnown = this.all.has(told.key);
    if (number === undefined || this.all.size === (isKnown ? 1 : 0)) return false;
    if (isKnown && number === told.numbers.at(-1) && !isNewestList(told, fact.modified)) return false; // prettier-ignore
    const beings = beingsOf([...this.all.values()]);
    const own = beings.find((being) => being.includes(told));
    const isFullBeside = own?.some((one) => one !== told && markingOf(one) === FULL) ?? false;
    const isHidden = markingNumber(fact) === FULL || isFullBeside;
    const holders = holdersOf(number, beings, { huvudman: told.huvudman, isHidden, own });
    const alike = holders.filter((being) => being.some((one) => isAlike(one, told)));
    return isKnown ? alike.length < holders.length : holders.length > 0 && alike.length === 0;
  }

  /** An EPPN merges nobody. */
  private checkEppns(eppns: readonly string[], told: Record): void {
    const others = [...this.all.values()].filter(
      (one) => one !== told && this.hasGiven(one, eppns),
    );
    if (others.length === 0) return;
    const being = beingsOf([...this.all.values()]).find((one) => one.includes(told))!;
    if (others.some((one) => !being.includes(one))) throw new Undecided();
  }

  private hasGiven(record: Record, eppns: readonly string[]): boolean {
    return (
      record.words.some(({ list }) => list?.eppns.some((eppn) => eppns.includes(eppn))) ||
      this.accounts.some(({ of, fact }) => of === record && eppns.includes(fact.eppn ?? ''))
    );
  }
}

/** Another number than before is for a human, but for the personnummer that follows a TF number. */
function isOtherNumber({ civicNo: number, modified }: PersonAsserted, told: Record): boolean {
  const before = told.numbers.at(-1);
  if (number === undefined || before === undefined || number === before) return false;
  return isNewestList(told, modified) ? !isProvisional(before) : !isProvisional(number);
}

/** A TF number that comes late does not follow the personnummer. */
function note(number: string | undefined, { numbers }: Record): void {
  if (number === undefined || numbers.includes(number)) return;
  if (isProvisional(number)) numbers.unshift(number);
  else numbers.push(number);
}

interface Asking {
  readonly huvudman: string;
  readonly isHidden: boolean;
  readonly own: readonly Record[] | undefined;
}

/** The others whom a number names to a huvudman: those of its own, and of others unless either side is not to be looked for. */
function holdersOf(
  number: string,
  beings: readonly (readonly Record[])[],
  { huvudman, isHidden, own }: Asking,
): readonly (readonly Record[])[] {
  const holders = beings.filter(
    (being) =>
      being !== own &&
      being.some(
        (one) =>
          one.numbers.includes(number) && (!isProvisional(number) || one.huvudman === huvudman),
      ),
  );
  const isOwn = (being: readonly Record[]): boolean => being.some((one) => one.huvudman === huvudman); // prettier-ignore
  const isAlone =
    isHidden || isProvisional(number) || holders.some((being) => isOwn(being) && isFull(being));
  return holders.filter((being) => isOwn(being) || (!isAlone && !isFull(being)));
}

function isNewestList({ words }: Record, modified: string): boolean {
  return words.every((word) => word.list === undefined || word.modified < modified);
}
