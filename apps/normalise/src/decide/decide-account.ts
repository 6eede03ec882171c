import { announceRepeat } from './announce-repeat.js';
import { EMPTY_CONTENT, type ClaimContent } from '../claim/claim-content.js';
import { orderClaims } from '../claim/order-claims.js';
import type { AccountFact } from '../facts/source-fact.js';
import { eppnReference } from '../register/hub-ids.js';
import { claimKey, type ClaimRecord, type PersonRecord } from '../register/records.js';
import { eppnName } from '../register/register.js';
import { findPerson, type Deciding } from './deciding.js';
import { newClaim } from './new-claim.js';
import { contradiction } from './park-reasons.js';
import { takenEppn } from './taken-eppn.js';
import { announcePerson, announced, filtered, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/** A learning platform names an account of a person: it contributes the EPPN, in the name of its huvudman, and nothing else. */
export function decideAccount(item: AccountFact, deciding: Deciding): Verdict {
  const { fact, source, version } = item;
  const { register } = deciding;
  const held = register.claims.get(claimKey(source.id, fact.localId));
  const order = orderClaims(version, held);
  if (order !== 'newer') {
    if (order === 'older') rememberLate(item, deciding);
    return outdated(order, held?.person);
  }
  if (held !== undefined && isRepeated(item, held, deciding)) {
    const asserted = { ...held.asserted, ...ownerOf(item, held) };
    const isNoted = asserted.accountOf === held.asserted.accountOf;
    Object.assign(held, version, isNoted ? {} : { asserted }, { isChanged: true });
    return announceRepeat(held, register);
  }
  if (version.deleted) return applyAccount(item, held, personOf(held, deciding), deciding);
  if (fact.person === null) {
    return filtered(
      'filtered:irrelevant',
      null,
      'the account names no person of a student register',
    );
  }
  const found = findPerson(item, fact.person, '/body/user_sis_id', deciding);
  if (!found.ok) return parked(found.reason);
  const eppns = fact.eppn === null ? [] : [fact.eppn];
  const taken = takenEppn(eppns, { persons: [found.value.id], held, register });
  if (taken !== undefined) {
    const says =
      'expected an EPPN that no other person has; correct it where accounts are given out';
    return parked(contradiction(source.id, '/body/user_login', says, eppnReference(taken)));
  }
  return applyAccount(item, held, found.value, deciding);
}

/** The platform says nothing new, and the account is whose it was: its person may have become another meanwhile. */
function isRepeated(item: AccountFact, held: ClaimRecord, deciding: Deciding): boolean {
  const { fact, version } = item;
  if (held.content !== version.content || held.deleted !== version.deleted) return false;
  if (version.deleted || fact.person === null) return true;
  const found = findPerson(item, fact.person, '', deciding);
  return !found.ok || found.value.id === held.person;
}

/** What the register calls the person; a platform that drops the account no longer says. */
function ownerOf(
  { fact }: AccountFact,
  held: ClaimRecord | undefined,
): Pick<ClaimContent, 'accountOf'> {
  const accountOf = fact.person ?? held?.asserted.accountOf;
  return accountOf === undefined ? {} : { accountOf };
}

/** The EPPN that the account had before still finds its person. */
function rememberLate(item: AccountFact, deciding: Deciding): void {
  const { fact, version, eppnDigests } = item;
  if (version.deleted || fact.person === null) return;
  const found = findPerson(item, fact.person, '', deciding);
  if (!found.ok) return;
  for (const digest of eppnDigests) {
    if (deciding.register.rememberEppn(digest, found.value.id, item.huvudman)) {
      deciding.arrivals.add(eppnReference(digest));
    }
  }
}

function personOf(held: ClaimRecord | undefined, { register }: Deciding): PersonRecord | undefined {
  return held?.person ? register.persons.get(held.person) : undefined;
}

function applyAccount(
  item: AccountFact,
  held: ClaimRecord | undefined,
  person: PersonRecord | undefined,
  { register, arrivals }: Deciding,
): Verdict {
  const { fact, version } = item;
  const before = held?.asserted.eppns ?? [];
  const previous =
    held?.person && held.person !== person?.id ? register.persons.get(held.person) : undefined;
  const eppns = version.deleted || fact.eppn === null ? [] : [fact.eppn];
  const claim = held ?? newClaim(item, { kind: 'account', asserted: EMPTY_CONTENT });
  const asserted = { ...EMPTY_CONTENT, eppns, ...ownerOf(item, held) };
  Object.assign(claim, version, { asserted, isChanged: true });
  register.claims.set(claimKey(claim.source, claim.localId), claim);
  if (person === undefined)
    return filtered('filtered:unchanged', null, 'the account was never known');
  register.attach(claim, person);
  const released = register.releaseEppns(previous ?? person, before);
  for (const digest of released) arrivals.add(eppnReference(digest));
  for (const digest of version.deleted ? [] : item.eppnDigests) {
    if (register.holdIdentifier(eppnName(digest), person.id, item.huvudman)) {
      arrivals.add(eppnReference(digest));
    }
  }
  const announcements: Announcement[] = announcePerson(person, register.remerge(person));
  if (previous !== undefined)
    announcements.push(...announcePerson(previous, register.remerge(previous)));
  return announced(person.id, announcements);
}
