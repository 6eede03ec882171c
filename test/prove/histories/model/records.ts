import type { AccountAsserted, PersonAsserted, PersonRemoved, SchoolUnitAsserted } from '#adapters';
import { dayNumber, type Deed, type Heard } from '../history.js';
import { isTravelling, SOURCES, UNITS } from '../world.js';
import { beingsOf, isNamedBy } from './beings.js';
import { maySpeak, ownersBy } from './owners.js';
import type { KnownAccount } from './known-account.js';
import { newIdentity } from './new-identity.js';
import {
  holdersOf,
  isAnotherNumber,
  isNewestList,
  isOtherNumber,
  note,
  type Answer,
  type Said,
} from './numbers.js';
import { FULL, isAlike, markingNumber, markingOf, type Record, type Word } from './record.js';
import { Ties, Undecided } from './ties.js';

export const OWNER = new Map(SOURCES.map(({ id, huvudman }) => [id, huvudman ?? '']));
const UNIT_OWNER = new Map(UNITS.map(({ code, huvudman }) => [code, huvudman]));

/** The records of all student registers, and the accounts of their persons, as the facts come in one after the other. */
export class Records {
  readonly all = new Map<string, Record>();
  /** Accepted accounts, in no order. */
  readonly accounts: KnownAccount[] = [];
  /** Whose the travelling unit has been, as far as the national register has told. */
  owners = ownersBy([]);
  private readonly readings: SchoolUnitAsserted[] = [];
  /** Lists that name the travelling unit while it is another’s, as far as is known. */
  private early: { readonly key: string; readonly source: string; readonly fact: PersonAsserted }[] = []; // prettier-ignore
  /** What humans have said. */
  readonly ties = new Ties();
  /** How much was heard so far. */
  private count = 0;
  private readonly answers = new Map<
    string,
    { readonly number: string; readonly answer: Answer }
  >();
  /** Lists of which a human is asked whom they are about. */
  private asked: Asked[] = [];
  private readonly removed = new Map<string, Word[]>();
  private readonly waiting = new Map<string, { source: string; fact: AccountAsserted }[]>();

  /** Who turns out to have the unit, or to have had it, may say of it what it has said already. */
  private hearOwner(fact: SchoolUnitAsserted): void {
    this.readings.push(fact);
    this.owners = ownersBy(this.readings);
    for (const { fact: list, source } of this.early.splice(0)) this.takeIn(list, source);
  }

  private hearRemoval({ localId, modified }: PersonRemoved, source: string): void {
    this.forgetEarly(`${source}|${localId}`, modified);
    const words = this.wordsOf(`${source}|${localId}`);
    if (words.some((word) => word.modified === modified)) return;
    words.push({ modified, list: undefined });
  }

  private hearPerson(fact: PersonAsserted, source: string): void {
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
    if (record?.anew && fact.modified <= record.anew.forgotten) return;
    const names = new Set([fact.names.givenName, fact.names.familyName]);
    const told: Record = record ?? {
      key,
      huvudman,
      words,
      names,
      born: fact.birthDate,
      numbers: [],
      nameless: new Set(),
    };
    const said = this.answers.get(key);
    const answer = said?.number === fact.civicNo ? said?.answer : undefined;
    const isNewest = words.every(({ modified }) => modified < fact.modified);
    const doubt = this.doubtOf(fact, told, { answer, isNewest });
    if (doubt !== undefined) {
      if (isNewest) this.asked.push({ key, source, fact, doubt });
      return;
    }
    const isOther = isNewest && answer === 'different-persons' && isAnotherNumber(fact.civicNo, told); // prettier-ignore
    const now = isOther ? this.beginAnew(told, fact) : told;
    this.settle(fact, now, isOther ? undefined : answer);
    now.words.push({ modified: fact.modified, list: fact });
    this.all.set(key, now);
    this.checkEppns(fact.eppns, now);
    if (record !== undefined) return;
    for (const one of this.waiting.get(`${huvudman}|${fact.localId}`) ?? []) {
      this.hearAccount(one.fact, one.source);
    }
  }

  /** An account waits until a register of its huvudman has told of its person; a newer word takes the place of one that waits. */
  private hearAccount(fact: AccountAsserted, source: string): void {
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
    const isLeft = (one: { readonly key: string; readonly fact: PersonAsserted }): boolean =>
      one.key !== key || one.fact.modified > modified;
    this.early = this.early.filter(isLeft);
    this.asked = this.asked.filter(isLeft);
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

  /** Whatever is heard, in order. */
  hear(one: Heard): void {
    this.count++;
    if ('deed' in one) return this.hearDeed(one.deed);
    const { fact, source } = one.telling;
    if (fact.kind === 'person-asserted') this.hearPerson(fact, source);
    if (fact.kind === 'person-removed') this.hearRemoval(fact, source);
    if (fact.kind === 'account-asserted') this.hearAccount(fact, source);
    if (fact.kind === 'school-unit-asserted') this.hearOwner(fact);
  }

  /** A human separates what is of one huvudman from what is of others, or answers the only question about a record. */
  private hearDeed({ does, source, localId }: Deed): void {
    const key = `${source}|${localId}`;
    if (does === 'separate') return this.separate(key);
    const open = this.asked.filter((one) => one.key === key);
    const [first] = open;
    const isOne = open.every(({ fact, doubt }) => fact.civicNo === first!.fact.civicNo && doubt === first!.doubt); // prettier-ignore
    if (first === undefined || !isOne) return;
    this.asked = this.asked.filter((one) => one.key !== key);
    if (does === 'reject') return;
    this.answers.set(key, { number: first.fact.civicNo!, answer: does });
    for (const { fact } of open) this.takeIn(fact, source);
  }

  private separate(key: string): void {
    const record = this.all.get(key);
    if (record === undefined) return;
    const being = this.beings().find((one) => one.includes(record))!;
    const rest = being.filter((one) => one !== record);
    const others = rest.filter(({ former }) => !former);
    if (others.length === 0 || others.some(({ huvudman }) => huvudman === record.huvudman)) return;
    for (const one of being) {
      if (this.answers.get(one.key)?.answer === 'same-person') this.answers.delete(one.key);
    }
    this.ties.separate(record, rest);
    const number = record.numbers.at(-1);
    if (number === undefined) return;
    if (others.some(({ numbers }) => numbers.at(-1) === number)) {
      record.nameless.add(number);
      this.answers.set(key, { number, answer: 'different-persons' });
    } else {
      for (const one of rest) if (one.numbers.includes(number)) one.nameless.add(number);
    }
  }

  /** Those with whom the old identity was one person stay one with what is left of it. */
  private beginAnew(told: Record, fact: PersonAsserted): Record {
    const rest = this.beings().find((one) => one.includes(told))!.filter((one) => one !== told); // prettier-ignore
    const accounts = this.accounts.filter(({ of }) => of === told);
    const { former, anew } = newIdentity(told, fact, { accounts, at: this.count });
    this.ties.rename(told.key, former.key);
    this.all.set(former.key, former);
    this.ties.join(former, [former], rest);
    for (const [index, one] of this.accounts.entries()) {
      if (one.of === told) this.accounts[index] = { ...one, of: anew };
    }
    return anew;
  }

  private beings(): readonly (readonly Record[])[] {
    return beingsOf([...this.all.values()], this.ties);
  }

  /** What a human would be asked: the number is another's, or another than before. A list that comes late is not asked about. */
  private doubtOf(fact: PersonAsserted, told: Record, said: Said): Asked['doubt'] | undefined {
    if (isOtherNumber(fact, told, said)) return 'other-number';
    const { civicNo: number } = fact;
    const isKnown = this.all.has(told.key);
    if (number === undefined || said.answer === 'different-persons') return undefined;
    if (this.all.size === (isKnown ? 1 : 0)) return undefined;
    if (isKnown && number === told.numbers.at(-1) && !isNewestList(told, fact.modified)) {
      return undefined;
    }
    const { own, holders } = this.holdersFor(fact, told);
    if (said.answer === 'same-person') return undefined;
    const alike = holders.filter((being) => being.some((one) => isAlike(one, told)));
    const isApart = (being: readonly Record[]) => own !== undefined && this.ties.areApart(being, own); // prettier-ignore
    if (isKnown) return alike.filter((one) => !isApart(one)).length < holders.length ? 'two-persons' : undefined; // prettier-ignore
    this.ties.checkTogether(alike);
    return holders.length > 0 && alike.length === 0 ? 'unlike' : undefined;
  }

  /** Those whom the number names, but for those of whom a human has said before that this is somebody else. */
  private holdersFor(
    fact: PersonAsserted,
    told: Record,
  ): { own: readonly Record[] | undefined; holders: readonly (readonly Record[])[] } {
    const number = fact.civicNo!;
    const beings = this.beings();
    const own = beings.find((being) => being.includes(told));
    const isFullBeside = own?.some((one) => one !== told && markingOf(one) === FULL) ?? false;
    const isHidden = markingNumber(fact) === FULL || isFullBeside;
    const all = holdersOf(number, beings, { huvudman: told.huvudman, isHidden, own });
    const isSettled = (being: readonly Record[]): boolean =>
      own !== undefined && number === told.numbers.at(-1) && this.ties.areApart(being, own);
    return { own, holders: all.filter((being) => !isSettled(being)) };
  }

  /** The number is noted, and whose it is. */
  private settle(fact: PersonAsserted, told: Record, answer: Answer | undefined): void {
    const { civicNo: number } = fact;
    if (number === undefined) return;
    const isLate = !isNewestList(told, fact.modified);
    if (answer === 'same-person' && !isLate) {
      const { own = [told], holders } = this.holdersFor(fact, told);
      if (holders.length > 0) this.ties.join(told, own, holders.flat());
    }
    const isHeld = !(isLate && number === told.numbers.at(-1));
    const isNamed = isNamedBy(told, number);
    note(number, told, isLate);
    if (!isHeld) return;
    // What names the record already goes on doing so: another identity has its number to itself.
    if (answer === 'different-persons' && !isNamed) told.nameless.add(number);
    else if (answer === 'same-person') told.nameless.delete(number);
  }

  /** An EPPN merges nobody. */
  private checkEppns(eppns: readonly string[], told: Record): void {
    const others = [...this.all.values()].filter(
      (one) => one !== told && this.hasGiven(one, eppns),
    );
    if (others.length === 0) return;
    const being = this.beings().find((one) => one.includes(told))!;
    if (others.some((one) => !being.includes(one))) throw new Undecided();
  }

  private hasGiven(record: Record, eppns: readonly string[]): boolean {
    return (
      record.words.some(({ list }) => list?.eppns.some((eppn) => eppns.includes(eppn))) ||
      this.accounts.some(({ of, fact }) => of === record && eppns.includes(fact.eppn ?? ''))
    );
  }
}

interface Asked {
  readonly key: string;
  readonly source: string;
  readonly fact: PersonAsserted;
  readonly doubt: 'other-number' | 'two-persons' | 'unlike';
}
