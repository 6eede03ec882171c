import { uuidV5 } from '#canonical';
import type { ClaimContent } from '../claim/claim-content.js';
import type { AssertedEnrolment, MatchingTerms } from '../claim/match-enrolments.js';
import type { PersonFact } from '../facts/source-fact.js';
import type { NumberScope, StatedIdentity } from '../identity/resolve-identity.js';
import { eppnDigest, eppnReference, personNames } from '../register/hub-ids.js';
import type { ClaimRecord, PersonRecord } from '../register/records.js';
import { eppnName, type Register } from '../register/register.js';
import { findUnit, type Deciding, type Found } from './deciding.js';
import { sealedDigest } from './reseal-claim.js';

/** The claim of somebody who was erased: nothing older is heard of it again. One that was never known has lists, none so far. */
export function isForgotten({ person, asserted }: ClaimRecord): boolean {
  return person === null && asserted.earlier === undefined;
}

/** What is left of the lists of somebody who was erased, for the new person whom the source speaks of from now on. */
export function forgottenLists({ modified }: ClaimRecord): Pick<ClaimContent, 'earlier'> {
  return { earlier: { times: [], left: [], forgotten: modified } };
}

/** What names a new person, the best first. */
export function namesOf(item: PersonFact, scope: NumberScope): string[] {
  const { source, fact, cause, numberDigest } = item;
  const { localId } = fact;
  const names = personNames({ source: source.id, localId, cause, numberDigest });
  const isNamedByNumber = scope === 'everywhere' && names.byNumber !== null;
  return [...(isNamedByNumber ? [names.byNumber!] : []), names.byClaim, names.byEvent];
}

export function statedIdentity({ fact, number }: PersonFact): StatedIdentity {
  return {
    givenName: fact.names.givenName,
    familyName: fact.names.familyName,
    birthDate: fact.birthDate ?? null,
    civicNumber: number?.ok ? number.number : null,
  };
}

export function assertedEnrolments(
  item: PersonFact,
  deciding: Deciding,
): Found<AssertedEnrolment[]> {
  const value: AssertedEnrolment[] = [];
  for (const [index, { unit, ...enrolment }] of item.fact.enrolments.entries()) {
    const { startDate } = enrolment;
    const at = { pointer: `/enrolments/${index}/enroledAt/id`, startDate };
    const found = findUnit(item, unit, at, deciding);
    if (!found.ok) return found;
    value.push({ ...enrolment, schoolUnit: found.value });
  }
  return { ok: true, value };
}

/** How the enrolments of a claim get the hub's ids. */
export function termsOf({ source, huvudman, fact }: PersonFact, personId: string): MatchingTerms {
  return {
    source: source.id,
    huvudman,
    newId: (name) => uuidV5(personId, `${source.id}|${fact.localId}|${name}`),
  };
}

export function holdEppns(
  { eppnDigests, huvudman }: Pick<PersonFact, 'eppnDigests' | 'huvudman'>,
  person: PersonRecord,
  before: readonly string[],
  { register, arrivals }: Deciding,
): void {
  for (const digest of eppnDigests) {
    if (register.holdIdentifier(eppnName(digest), person.id, huvudman)) {
      arrivals.add(eppnReference(digest));
    }
  }
  for (const digest of register.releaseEppns(person, before)) arrivals.add(eppnReference(digest));
}

/** What waits because two had one EPPN is looked at again once claims have come together: those two may be one. */
export function wakeSharers({ claims }: PersonRecord, { register, arrivals }: Deciding): void {
  for (const eppn of claims.flatMap(({ asserted: { eppns } }) => eppns)) {
    arrivals.add(eppnReference(eppnDigest(register.keys, eppn)));
  }
}

/** Seals names, number and birth date when they changed. @returns whether they did. */
export function sealIdentity(
  claim: ClaimRecord,
  person: PersonRecord,
  stated: StatedIdentity,
  { keys }: Register,
): boolean {
  const text = JSON.stringify(stated);
  const digest = sealedDigest(keys, person.id, text);
  claim.identity = stated;
  if (claim.sealedDigest === digest) return false;
  claim.sealed = keys.seal(person.wrappedKey, person.id, text);
  claim.sealedDigest = digest;
  return true;
}
