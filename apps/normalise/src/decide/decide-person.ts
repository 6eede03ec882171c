import { uuidV5, type Enrolment } from '#canonical';
import type { ClaimContent } from '../claim/claim-content.js';
import { matchEnrolments, type AssertedEnrolment } from '../claim/match-enrolments.js';
import { orderClaims } from '../claim/order-claims.js';
import { stockholmDay } from '../claim/stockholm-day.js';
import type { PersonFact } from '../facts/source-fact.js';
import {
  isFullyProtected,
  type NumberScope,
  type StatedIdentity,
} from '../identity/resolve-identity.js';
import { eppnReference, personNames, personReference } from '../register/hub-ids.js';
import { claimKey, type ClaimRecord, type PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { findUnit, type Deciding, type Found } from './deciding.js';
import { holdNumber, mergedBy, resolve, type Settled } from './identify-person.js';
import { identityQuestion } from './identity-question.js';
import { mergePersons } from './merge-persons.js';
import { badData, contradiction } from './park-reasons.js';
import { sealedDigest } from './reseal-claim.js';
import { separatePersons } from './separate-persons.js';
import { announcePerson, announced, filtered, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/**
 * A student register says all it knows of one person: order, identity, units and EPPNs are settled first; only then is anything
 * changed, so that a parked event leaves no trace in the register.
 */
export function decidePerson(item: PersonFact, deciding: Deciding): Verdict {
  const { fact, source, version } = item;
  const { register } = deciding;
  const held = register.claims.get(claimKey(source.id, fact.localId));
  const order = orderClaims(version, held);
  if (order !== 'newer') return outdated(order, held?.person);
  if (held !== undefined && !held.deleted && held.content === version.content) {
    Object.assign(held, version, { isChanged: true });
    return filtered('filtered:unchanged', held.person);
  }
  if (item.number?.ok === false) {
    return parked(badData(source.id, [{ pointer: '/civicNo/value', says: item.number.says }]));
  }
  const enrolments = assertedEnrolments(item, deciding);
  if (!enrolments.ok) return parked(enrolments.reason);
  const stated = statedIdentity(item);
  const resolution = resolve(item, stated, held, register);
  if (resolution.is === 'contradiction') {
    return parked(identityQuestion(item, resolution, register));
  }
  const known = resolution.is === 'new' ? undefined : register.persons.get(resolution.person);
  const taken = takenEppn(item, [known?.id, held?.person, ...mergedBy(resolution)], register);
  if (taken !== undefined) {
    const says =
      'expected an EPPN that no other person has; correct it where accounts are given out';
    return parked(contradiction(source.id, '/eduPersonPrincipalNames', says, eppnReference(taken)));
  }
  const apart = known && keepApart(item, known, register);
  const person =
    apart?.person ?? known ?? register.newPerson(namesOf(item, resolution.numberScope));
  const decided = { person, held, stated, enrolments: enrolments.value, resolution };
  const announcements = applyPerson(item, decided, deciding);
  return announced(person.id, [...(apart?.announcements ?? []), ...announcements]);
}

function namesOf(item: PersonFact, scope: NumberScope): string[] {
  const { source, fact, cause, numberDigest } = item;
  const { localId } = fact;
  const names = personNames({ source: source.id, localId, cause, numberDigest });
  const isNamedByNumber = scope === 'everywhere' && names.byNumber !== null;
  return [...(isNamedByNumber ? [names.byNumber!] : []), names.byClaim, names.byEvent];
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
  // Under a new identity, an enrolment's id must not tell of the old one.
  const known = previous === undefined ? before : undefined;
  const asserted: ClaimContent = {
    eppns: fact.eppns,
    enrolments: numberEnrolments(item, person.id, known?.enrolments ?? [], decided.enrolments),
    securityMarking: item.securityMarking,
    personStatus: fact.personStatus ?? 'Aktiv',
  };
  const isFirst = held?.person === undefined || held.person === null;
  const claim = held ?? newClaim(item, asserted);
  Object.assign(claim, version, { huvudman, asserted, isChanged: true });
  if (held === undefined) register.claims.set(claimKey(source.id, fact.localId), claim);
  register.attach(claim, person);
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
  const merges = mergedBy(resolution).map((id) => register.persons.get(id)!);
  const survivor = merges[0] ?? person;
  const others = [person, ...merges].filter((one) => one !== survivor);
  // The claim's own news come first, under the id that its huvudman knows.
  const announcements = [
    ...announcePerson(person, register.remerge(person, { withdrawn: false, identityChanged })),
    ...(previous === undefined ? [] : announcePerson(previous, register.remerge(previous))),
    ...others.flatMap((one) => mergePersons(one, survivor, register)),
  ];
  holdEppns(item, survivor, before?.eppns ?? [], deciding);
  if (isFirst) arrivals.add(personReference(register.keys, huvudman, fact.localId));
  return announcements;
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

/**
 * With skyddad folkbokföring nothing is matched across huvudmän, what was matched before included: the huvudman that says so has a
 * person of its own from now on, before anything is said of the marking, so that the others hear nothing of it (design §6, rule 8).
 * When it lifts the marking, name and number match again.
 */
function keepApart(
  item: PersonFact,
  person: PersonRecord,
  register: Register,
): { readonly person: PersonRecord; readonly announcements: readonly Announcement[] } | undefined {
  if (!isFullyProtected(item.securityMarking)) return undefined;
  const { huvudman, numberDigest, cause, fact } = item;
  const claims = person.claims.filter((claim) => claim.huvudman === huvudman);
  if (claims.length === 0 || claims.length === person.claims.length) return undefined;
  const names = [`apart\n${huvudman}\n${person.id}`, `apart\n${cause}\n${fact.localId}`];
  const { apart, announcements } = separatePersons(person, claims, { names, register });
  if (numberDigest !== null) {
    register.moveIdentifier(
      { kind: 'civic', digest: numberDigest, scope: huvudman },
      person,
      apart,
    );
  }
  return { person: apart, announcements };
}

function newClaim(item: PersonFact, asserted: ClaimContent): ClaimRecord {
  return {
    source: item.source.id,
    localId: item.fact.localId,
    person: null,
    huvudman: item.huvudman,
    kind: 'register',
    ...item.version,
    asserted,
    sealed: null,
    sealedDigest: null,
    numberDigest: null,
    numberKind: null,
    isNew: true,
    isChanged: true,
  };
}

function statedIdentity({ fact, number }: PersonFact): StatedIdentity {
  return {
    givenName: fact.names.givenName,
    familyName: fact.names.familyName,
    birthDate: fact.birthDate ?? null,
    civicNumber: number?.ok ? number.number : null,
  };
}

function assertedEnrolments(item: PersonFact, deciding: Deciding): Found<AssertedEnrolment[]> {
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

function numberEnrolments(
  { source, huvudman, fact, version }: PersonFact,
  personId: string,
  held: readonly Enrolment[],
  asserted: readonly AssertedEnrolment[],
): Enrolment[] {
  return matchEnrolments(held, asserted, {
    source: source.id,
    huvudman,
    completeness: source.contract.completeness,
    asOf: () => stockholmDay(version.modified),
    newId: (name) => uuidV5(personId, `${source.id}|${fact.localId}|${name}`),
  });
}

/** The digest of the first EPPN that somebody else has. */
function takenEppn(
  item: PersonFact,
  persons: readonly (string | null | undefined)[],
  register: Register,
): string | undefined {
  return item.eppnDigests.find((digest) => {
    const holder = register.holderOfIdentifier({ kind: 'eppn', digest, scope: '' });
    return holder !== undefined && !persons.includes(holder);
  });
}

function holdEppns(
  item: Pick<PersonFact, 'eppnDigests'>,
  person: PersonRecord,
  before: readonly string[],
  { register, arrivals }: Deciding,
): void {
  for (const digest of item.eppnDigests) {
    if (register.holdIdentifier({ kind: 'eppn', digest, scope: '' }, person.id)) {
      arrivals.add(eppnReference(digest));
    }
  }
  for (const digest of register.releaseEppns(person, before)) arrivals.add(eppnReference(digest));
}

/** Seals names, number and birth date when they changed. @returns whether they did. */
function sealIdentity(
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
