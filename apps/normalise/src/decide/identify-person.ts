import type { PersonFact } from '../facts/source-fact.js';
import {
  isFullyProtected,
  resolveIdentity,
  type IdentityCandidate,
  type NumberBefore,
  type Resolution,
  type StatedIdentity,
} from '../identity/resolve-identity.js';
import {
  claimKey,
  type ClaimRecord,
  type IdentifierRecord,
  type PersonRecord,
} from '../register/records.js';
import type { Register } from '../register/register.js';
import { areApart } from './kept-apart.js';

/** Who it is, once that is settled. */
export type Settled = Exclude<Resolution, { is: 'contradiction' }>;

/** Others who turn out to be the same person. */
export function mergedBy(resolution: Settled): readonly string[] {
  return 'merge' in resolution ? resolution.merge : [];
}

/** Whether claims that spoke of several persons until now speak of one. */
export function joinsOthers(resolution: Settled): boolean {
  return resolution.is === 'matched' || mergedBy(resolution).length > 0;
}

/**
 * Asks who the fact speaks of, with all that the register knows of the number that it states.
 * @param before what the claim stated before, where it is not what it holds.
 */
export function resolve(
  item: PersonFact,
  stated: StatedIdentity,
  held: ClaimRecord | undefined,
  { register, before }: { readonly register: Register; readonly before?: NumberBefore },
): Resolution {
  const { huvudman, numberDigest } = item;
  const known = held?.person
    ? { person: held.person, numberBefore: before ?? numberBefore(held, numberDigest) }
    : undefined;
  const candidates = numberDigest === null ? [] : candidatesOf(item, numberDigest, register);
  const answered = register.answers.get(claimKey(item.source.id, item.fact.localId));
  const answer = answered?.numberDigest === numberDigest ? answered?.answer : undefined;
  const isHidden = isHiddenBy(item, held, candidates, register);
  return resolveIdentity({ huvudman, stated, isHidden, known, candidates, answer });
}

/** Skyddad folkbokföring counts whichever register of the huvudman says it, not only the one that speaks now. */
function isHiddenBy(
  { huvudman, securityMarking }: PersonFact,
  held: ClaimRecord | undefined,
  candidates: readonly IdentityCandidate[],
  { persons }: Register,
): boolean {
  if (isFullyProtected(securityMarking)) return true;
  const known = held?.person ?? null;
  const claims = known === null ? [] : (persons.get(known)?.claims ?? []);
  const others = candidates.filter(({ person }) => person !== known);
  return (
    claims.some(
      (one) =>
        one !== held && one.huvudman === huvudman && isFullyProtected(one.asserted.securityMarking),
    ) ||
    others.some((one) => one.huvudmen.includes(huvudman) && isFullyProtected(one.securityMarking))
  );
}

function numberBefore(held: ClaimRecord, digest: string | null): NumberBefore {
  if (held.numberDigest === null) return 'none';
  if (held.numberDigest === digest) return 'same';
  return held.numberKind === 'personnummer' ? 'personnummer' : 'provisional';
}

/** All whom the number names: within the own huvudman first, then everywhere, then within others. Another’s TF number names nobody. */
function candidatesOf(
  item: PersonFact,
  digest: string,
  register: Register,
): readonly IdentityCandidate[] {
  const rank = ({ scope }: IdentifierRecord): number =>
    scope === item.huvudman ? 0 : scope === '' ? 1 : 2;
  const names = register
    .identifiers('civic', digest)
    .filter(({ scope }) => !isTf(item) || scope === item.huvudman)
    .sort((one, other) => rank(one) - rank(other) || (one.scope < other.scope ? -1 : 1));
  const persons = new Set(names.flatMap(({ person }) => register.persons.get(person) ?? []));
  return [...persons].map((person) => ({
    person: person.id,
    securityMarking: person.state?.securityMarking ?? 'Ingen',
    huvudmen: person.claims.map(({ huvudman }) => huvudman),
    identities: () => register.identitiesOf(person),
    isApartFrom: (id) => {
      const other = register.persons.get(id);
      return other !== undefined && areApart(person, other);
    },
  }));
}

/** Says whom the number names from now on; one that named the person to their own huvudman only may come to do so everywhere. */
export function holdNumber(
  item: PersonFact,
  { person, resolution }: { readonly person: PersonRecord; readonly resolution: Settled },
  register: Register,
): void {
  const { numberDigest, huvudman } = item;
  if (resolution.numberScope === 'nobody') return;
  const scope = resolution.numberScope === 'huvudman' ? huvudman : '';
  const names = register.identifiers('civic', numberDigest!);
  if (
    names.some((name) => name.held && name.scope === scope && isJoined(name, person, resolution))
  ) {
    return;
  }
  const isNamed = names.some((name) => name.held && name.person === person.id);
  if (isNamed && scope !== '' && !isTf(item)) return;
  register.holdIdentifier({ kind: 'civic', digest: numberDigest!, scope }, person.id);
}

function isTf({ number }: PersonFact): boolean {
  return number?.ok === true && number.number.kind === 'tf';
}

/** Whether the number already names the person, or one who turns out to be this person. */
function isJoined(name: IdentifierRecord, person: PersonRecord, resolution: Settled): boolean {
  return name.person === person.id || mergedBy(resolution).includes(name.person);
}
