import type { ClaimContent } from '../claim/claim-content.js';
import type { AssertedEnrolment } from '../claim/match-enrolments.js';
import { announceRepeat } from './announce-repeat.js';
import { addNewestList, passList } from '../claim/order-lists.js';
import { orderClaims } from '../claim/order-claims.js';
import type { PersonFact } from '../facts/source-fact.js';
import type { StatedIdentity } from '../identity/resolve-identity.js';
import { eppnDigest, eppnReference, personReference } from '../register/hub-ids.js';
import { claimKey, type ClaimRecord, type PersonRecord } from '../register/records.js';
import { eppnName, statesEppn, type Register } from '../register/register.js';
import { accountsOf } from './accounts-of.js';
import { decideLatePerson } from './decide-late-person.js';
import type { Deciding } from './deciding.js';
import { holdNumber, joinsOthers, mergedBy, resolve, type Settled } from './identify-person.js';
import { identityQuestion } from './identity-question.js';
import { keepApart } from './keep-apart.js';
import { joinPersons } from './join-persons.js';
import { newClaim } from './new-claim.js';
import { badData, contradiction } from './park-reasons.js';
import {
  assertedEnrolments,
  forgottenLists,
  holdEppns,
  isForgotten,
  namesOf,
  sealIdentity,
  statedIdentity,
  termsOf,
  wakeSharers,
} from './person-claim.js';
import { leaveDuties } from './replace-duty.js';
import { takenEppn } from './taken-eppn.js';
import { announcePerson, announced, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/**
 * A student register says all it knows of one person: order, identity, units and EPPNs are settled first; only then is anything
 * changed, so that a parked event leaves no trace in the register.
 */
export function decidePerson(item: PersonFact, deciding: Deciding): Verdict {
  const { fact, source, version } = item;
  const { register } = deciding;
  const held = register.claims.get(claimKey(source.id, fact.localId));
  const order = orderClaims(version, held);
  if (order === 'older') return decideLatePerson(item, held!, deciding);
  if (order === 'duplicate') return outdated(order, held?.person);
  if (held !== undefined && !held.deleted && held.content === version.content) {
    passUnchanged(item, held);
    return announceRepeat(held, register);
  }
  if (item.number?.ok === false) {
    return parked(badData(source.id, [{ pointer: '/civicNo/value', says: item.number.says }]));
  }
  const enrolments = assertedEnrolments(item, deciding);
  if (!enrolments.ok) return parked(enrolments.reason);
  const stated = statedIdentity(item);
  const resolution = resolve(item, stated, held, { register });
  if (resolution.is === 'contradiction') {
    return parked(identityQuestion(item, resolution, register));
  }
  const known = resolution.is === 'new' ? undefined : register.persons.get(resolution.person);
  const persons = [known?.id, ...mergedBy(resolution)];
  const taken = takenEppn(fact.eppns, { persons, held, register });
  if (taken !== undefined) {
    const says =
      'expected an EPPN that no other person has; correct it where accounts are given out';
    return parked(contradiction(source.id, '/eduPersonPrincipalNames', says, eppnReference(taken)));
  }
  const kept = keepApart(item, { person: known, resolution }, register);
  const person = kept.person ?? register.newPerson(namesOf(item, resolution.numberScope));
  const decided = { person, held, stated, enrolments: enrolments.value, resolution: kept.resolution }; // prettier-ignore
  const announcements = applyPerson(item, decided, deciding);
  return announced(person.id, [...kept.announcements, ...announcements]);
}

/** The source repeats itself: only the time is new. */
function passUnchanged({ source, version }: PersonFact, held: ClaimRecord): void {
  if (source.contract.completeness === 'full') {
    const lists = passList(held, version.modified);
    if (lists !== held.asserted) held.asserted = { ...held.asserted, ...lists };
  }
  Object.assign(held, version, { isChanged: true });
}

interface Decided {
  readonly person: PersonRecord;
  readonly held: ClaimRecord | undefined;
  readonly stated: StatedIdentity;
  readonly enrolments: readonly AssertedEnrolment[];
  readonly resolution: Settled;
}

function applyPerson(item: PersonFact, decided: Decided, deciding: Deciding): Announcement[] {
  const { fact, source, huvudman, version } = item;
  const { register, arrivals } = deciding;
  const { person, held, stated, resolution } = decided;
  const before = held?.asserted;
  const previous = previousHolder(held, person, register);
  const accounts = previous === undefined ? [] : accountsOf(held!, previous);
  // Under a new identity nothing may tell of the old one, an enrolment's id included.
  const list = { at: version.modified, enrolments: decided.enrolments, completeness: source.contract.completeness }; // prettier-ignore
  const isNewLife = held !== undefined && (previous !== undefined || isForgotten(held));
  const lists = isNewLife
    ? { ...addNewestList(undefined, list, termsOf(item, person.id)), ...forgottenLists(held) }
    : addNewestList(held, list, termsOf(item, person.id));
  const asserted: ClaimContent = {
    ...lists,
    eppns: fact.eppns,
    securityMarking: item.securityMarking,
    personStatus: fact.personStatus ?? 'Aktiv',
  };
  const isFirst = held?.person === undefined || held.person === null;
  const claim = held ?? newClaim(item, { kind: 'register', asserted });
  Object.assign(claim, version, { huvudman, asserted, isChanged: true });
  if (held === undefined) register.claims.set(claimKey(source.id, fact.localId), claim);
  register.attach(claim, person);
  for (const account of accounts) {
    register.attach(account, person);
    account.isChanged = true;
  }
  const identityChanged = sealIdentity(claim, person, stated, register) && !isFirst;
  if (item.numberDigest !== null) {
    // A number that the source leaves out later stays with the claim, so that another one is still seen as a change.
    claim.numberDigest = item.numberDigest;
    claim.numberKind = stated.civicNumber!.kind;
    holdNumber(item, decided, register);
  }
  const released =
    previous === undefined ? [] : register.releaseEppns(previous, before?.eppns ?? []);
  for (const digest of released) arrivals.add(eppnReference(digest));
  const news = register.remerge(person, { withdrawn: false, identityChanged });
  const { survivor, announcements } = joinPersons(person, mergedBy(resolution), { news, register });
  if (joinsOthers(resolution)) wakeSharers(survivor, deciding);
  if (previous !== undefined) {
    takeEppns(accounts, { from: previous, to: survivor }, deciding);
    announcements.push(...leaveDuties(claim, previous, register));
    announcements.push(...announcePerson(previous, register.remerge(previous)));
  }
  holdEppns(item, survivor, before?.eppns ?? [], deciding);
  if (isFirst) arrivals.add(personReference(register.keys, huvudman, fact.localId));
  return announcements;
}

/** The EPPNs of accounts that have gone along; the first owner has them no longer, unless another of its claims states them. */
function takeEppns(
  accounts: readonly ClaimRecord[],
  { from, to }: { readonly from: PersonRecord; readonly to: PersonRecord },
  { register, arrivals }: Deciding,
): void {
  for (const eppn of accounts.flatMap(({ asserted }) => asserted.eppns)) {
    if (from.claims.some((claim) => statesEppn(claim, eppn))) continue;
    const digest = eppnDigest(register.keys, eppn);
    register.moveIdentifier(eppnName(digest), from, to);
    arrivals.add(eppnReference(digest));
  }
}

/** Whom the claim spoke of until now, when a human has said that it is somebody else. */
function previousHolder(
  held: ClaimRecord | undefined,
  person: PersonRecord,
  register: Register,
): PersonRecord | undefined {
  if (!held?.person || held.person === person.id) return undefined;
  return register.persons.get(held.person);
}
