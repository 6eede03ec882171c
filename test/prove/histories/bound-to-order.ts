import type { Fact, PersonAsserted } from '#adapters';
import { dayNumber, type Telling } from './history.js';
import { maySpeak, ownersBy, type Owner } from './model/owners.js';
import { OWNER } from './model/records.js';
import { isTravelling, PERSONS } from './world.js';

/**
 * The facts whose order among themselves is part of what they say. An EPPN of an account is forgotten when another replaces it before
 * the account’s person is known. Where two records may not be one person (somebody else's number), who came first decides until a human
 * does, and so it is with an EPPN that both are given, also while one of them bears a TF number. And a list about a unit that is
 * another's when it comes waits for the national register, and is forgotten when a newer list takes its place.
 */
export function boundToOrder(tellings: readonly Telling[]): ReadonlySet<Telling> {
  const bound = new Set<Telling>();
  const asserted = tellings.flatMap(({ fact }) => (fact.kind === 'person-asserted' ? [fact] : []));
  const owners = ownersBy(tellings.flatMap(({ fact }) => (fact.kind === 'school-unit-asserted' ? [fact] : []))); // prettier-ignore
  const objects = byObject(tellings);
  const isShared = asserted.some(isProvisional) && objects.some((all) => sharesEppn(all, objects));
  const isIdentityBound = isShared || asserted.some(leavesDoubt);
  const persons = new Set(objects.flatMap(ownerOfChanging));
  for (const all of objects) {
    const { fact } = all[0]!;
    const owner = fact.kind === 'account-asserted' ? fact.person! : fact.localId;
    const isOfDoubt =
      isIdentityBound && (fact.kind.startsWith('person-') || sharesEppn(all, objects));
    const isOfUnit = owners.length > 1 && all.some((telling) => hangsOnOwner(telling, owners));
    if (!persons.has(owner) && !isOfDoubt && !isOfUnit) continue;
    for (const telling of all) bound.add(telling);
  }
  if (bound.size === 0) return bound;
  // Tests are told under EPPNs, and duties are done with them: what one of those meant hangs on when it was taken back.
  for (const telling of tellings) if (/^(?:test|duty)-/.test(telling.fact.kind)) bound.add(telling);
  return bound;
}

/** The reading itself, and what is said of the unit by others than the one who had it from the first. */
function hangsOnOwner({ source, fact }: Telling, owners: readonly Owner[]): boolean {
  if (fact.kind === 'school-unit-asserted') return true;
  if (fact.kind !== 'person-asserted') return false;
  const huvudman = OWNER.get(source)!;
  return fact.enrolments.some(({ unit, startDate }) => {
    const said = { start: dayNumber(startDate), modified: fact.modified };
    const [first, ...later] = owners;
    return isTravelling(unit) && !(first!.huvudman === huvudman && maySpeak([first!, later[0]!], huvudman, said)); // prettier-ignore
  });
}

/** An account with an EPPN that another object has, too. */
function sharesEppn(all: readonly Telling[], objects: readonly (readonly Telling[])[]): boolean {
  if (all[0]!.fact.kind !== 'account-asserted') return false;
  const own = new Set(all.flatMap(({ fact }) => eppnsOf(fact)));
  const others = objects.filter((one) => one !== all).flat();
  return others.some(({ fact }) => eppnsOf(fact).some((eppn) => own.has(eppn)));
}

function eppnsOf(fact: Fact): readonly string[] {
  if (fact.kind === 'person-asserted') return fact.eppns;
  return fact.kind === 'account-asserted' && fact.eppn !== null ? [fact.eppn] : [];
}

/** Whoever bears a TF number is not known to be the one with the personnummer yet. */
function isProvisional({ civicNo }: PersonAsserted): boolean {
  return PERSONS.some(({ tfNumber }) => civicNo === tfNumber);
}

function leavesDoubt({ civicNo, names }: PersonAsserted): boolean {
  const owner = PERSONS.find(({ number, tfNumber }) => civicNo === number || civicNo === tfNumber);
  return owner?.name !== names.givenName;
}

/** What is told of each object, in the order in which it is told. */
export function byObject(tellings: readonly Telling[]): readonly (readonly Telling[])[] {
  const objects = new Map<string, Telling[]>();
  for (const telling of tellings) {
    const key = `${telling.source}|${telling.fact.localId}`;
    objects.set(key, [...(objects.get(key) ?? []), telling]);
  }
  return [...objects.values()];
}

/** The local id of whom an account is that has had several EPPNs, or was deleted. */
function ownerOfChanging(all: readonly Telling[]): readonly string[] {
  const accounts = all.flatMap(({ fact }) => (fact.kind === 'account-asserted' ? [fact] : []));
  const isChanging = new Set(accounts.map(({ eppn, state }) => `${state} ${eppn}`)).size > 1;
  return isChanging ? [accounts[0]!.person!] : [];
}

export function takesEppnAway(all: readonly Telling[]): boolean {
  const said = all.map(({ fact }) => fact).sort((one, other) => (one.modified < other.modified ? -1 : 1)); // prettier-ignore
  const given = said.flatMap((fact) => {
    if (fact.kind === 'account-asserted') return fact.state !== 'deleted' && fact.eppn !== null;
    return fact.kind === 'person-asserted' ? fact.eppns.length > 0 : [];
  });
  return given.includes(true) && given.lastIndexOf(false) > given.indexOf(true);
}
