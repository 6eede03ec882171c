import { uuidV5, type Enrolment } from '#canonical';
import type { ClaimContent } from '../claim/claim-content.js';
import { matchEnrolments, type AssertedEnrolment } from '../claim/match-enrolments.js';
import { orderClaims } from '../claim/order-claims.js';
import { stockholmDay } from '../claim/stockholm-day.js';
import type { PersonFact } from '../facts/source-fact.js';
import { resolveIdentity, type IdentityCandidate, type NumberBefore, type NumberScope, type Resolution, type StatedIdentity } from '../identity/resolve-identity.js'; // prettier-ignore
import { eppnReference, personNames, personReference } from '../register/hub-ids.js';
import {
  claimKey,
  type ClaimRecord,
  type IdentifierRecord,
  type PersonRecord,
} from '../register/records.js';
import type { Register } from '../register/register.js';
import { findUnit, type Deciding, type Found } from './deciding.js';
import { badData, contradiction } from './park-reasons.js';
import { announcePerson, announced, filtered, outdated, parked, type Verdict } from './verdict.js';

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
    return parked(contradiction(source.id, '/civicNo', resolution.says));
  }
  const known = resolution.is === 'new' ? undefined : register.persons.get(resolution.person);
  const taken = takenEppn(item, known?.id, register);
  if (taken !== undefined) {
    const says =
      'expected an EPPN that no other person has; correct it where accounts are given out';
    return parked(contradiction(source.id, '/eduPersonPrincipalNames', says, eppnReference(taken)));
  }
  const person = known ?? register.newPerson(namesOf(item, resolution.numberScope));
  return applyPerson(
    item,
    { person, held, stated, enrolments: enrolments.value, resolution },
    deciding,
  );
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
  readonly resolution: Exclude<Resolution, { is: 'contradiction' }>;
}

function applyPerson(item: PersonFact, decided: Decided, deciding: Deciding): Verdict {
  const { fact, source, huvudman, version } = item;
  const { register, arrivals } = deciding;
  const { person, held, stated } = decided;
  const before = held?.asserted;
  const asserted: ClaimContent = {
    eppns: fact.eppns,
    enrolments: numberEnrolments(item, person.id, before?.enrolments ?? [], decided.enrolments),
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
  holdEppns(item, person, before?.eppns ?? [], deciding);
  if (isFirst) arrivals.add(personReference(register.keys, huvudman, fact.localId));
  const differences = register.remerge(person, { withdrawn: false, identityChanged });
  return announced(person.id, announcePerson(person, differences));
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
    const found = findUnit(item, unit, `/enrolments/${index}/enroledAt/id`, deciding);
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

function resolve(
  item: PersonFact,
  stated: StatedIdentity,
  held: ClaimRecord | undefined,
  register: Register,
): Resolution {
  const { huvudman, securityMarking, numberDigest } = item;
  const known = held?.person
    ? { person: held.person, numberBefore: numberBefore(held, numberDigest) }
    : undefined;
  const candidate = numberDigest === null ? undefined : candidateOf(item, numberDigest, register);
  return resolveIdentity({ huvudman, stated, securityMarking, known, candidate });
}

function numberBefore(held: ClaimRecord, digest: string | null): NumberBefore {
  if (held.numberDigest === null) return 'none';
  if (held.numberDigest === digest) return 'same';
  return held.numberKind === 'personnummer' ? 'personnummer' : 'provisional';
}

/** Whom the number names: within the own huvudman first, else everywhere. */
function candidateOf(
  item: PersonFact,
  digest: string,
  register: Register,
): IdentityCandidate | undefined {
  const names = register.identifiers('civic', digest);
  const record = ownOf(names, item.huvudman) ?? names.find(({ scope }) => scope === '');
  const person = record && register.persons.get(record.person);
  if (person === undefined) return undefined;
  return {
    person: person.id,
    securityMarking: person.state?.securityMarking ?? 'Ingen',
    huvudmen: person.claims.map(({ huvudman }) => huvudman),
    identities: () => register.identitiesOf(person),
  };
}

function ownOf(names: readonly IdentifierRecord[], huvudman: string): IdentifierRecord | undefined {
  return names.find(({ scope }) => scope === huvudman);
}

function holdNumber(
  { numberDigest, huvudman }: PersonFact,
  decided: Decided,
  register: Register,
): void {
  const { person, resolution } = decided;
  const digest = numberDigest!;
  if (register.identifiers('civic', digest).some((name) => name.person === person.id && name.held))
    return;
  const scope = resolution.numberScope === 'huvudman' ? huvudman : '';
  register.holdIdentifier({ kind: 'civic', digest, scope }, person.id);
}

/** The digest of the first EPPN that somebody else has. */
function takenEppn(
  item: PersonFact,
  person: string | undefined,
  register: Register,
): string | undefined {
  return item.eppnDigests.find((digest) => {
    const holder = register.holderOfIdentifier({ kind: 'eppn', digest, scope: '' });
    return holder !== undefined && holder !== person;
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
  const digest = keys.digest('sealed', `${person.id}\n${text}`).toString('hex');
  claim.identity = stated;
  if (claim.sealedDigest === digest) return false;
  claim.sealed = keys.seal(person.wrappedKey, person.id, text);
  claim.sealedDigest = digest;
  return true;
}
