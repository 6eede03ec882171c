import type { PersonFact } from '../facts/source-fact.js';
import { isFullyProtected } from '../identity/resolve-identity.js';
import type { PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { mergedBy, type Settled } from './identify-person.js';
import { separatePersons } from './separate-persons.js';
import type { Announcement } from './verdict.js';

/** Who it is, and who turns out to be the same, once nobody is matched whom skyddad folkbokföring keeps apart. */
export interface Kept {
  readonly person: PersonRecord | undefined;
  readonly resolution: Settled;
  readonly announcements: readonly Announcement[];
}

/**
 * With skyddad folkbokföring nothing is matched across huvudmän, what was matched before included: the huvudman that says so has a
 * person of its own from now on, before anything is said of the marking, so that the others hear nothing of it (design §6, rule 8). Of
 * those who turn out to be the same, only what is that huvudman's is. When it lifts the marking, name and number match again.
 */
export function keepApart(
  item: PersonFact,
  { person: known, resolution }: Omit<Kept, 'announcements'>,
  register: Register,
): Kept {
  if (!isFullyProtected(item.securityMarking)) return { person: known, resolution, announcements: [] }; // prettier-ignore
  const person = known && ownPart(item, known, register);
  const merges = mergedBy(resolution).map((id) => ownPart(item, register.persons.get(id)!, register)); // prettier-ignore
  return {
    person: person?.of,
    resolution:
      merges.length === 0
        ? resolution
        : withMerge(
            resolution,
            merges.map(({ of }) => of.id),
          ),
    announcements: [person ?? [], ...merges].flat().flatMap(({ announcements }) => announcements),
  };
}

function withMerge(resolution: Settled, merge: readonly string[]): Settled {
  return 'merge' in resolution ? { ...resolution, merge } : resolution;
}

interface OwnPart {
  readonly of: PersonRecord;
  readonly announcements: readonly Announcement[];
}

/** It was enough that one huvudman's number named the person; those who are left, and state it too, need a name of their own. */
function goOnNaming(person: PersonRecord, digest: string, register: Register): void {
  const names = register.identifiers('civic', digest);
  if (names.some((name) => name.held && name.person === person.id)) return;
  for (const claim of person.claims) {
    if (claim.numberDigest !== digest) continue;
    register.holdIdentifier({ kind: 'civic', digest, scope: claim.huvudman }, person.id);
  }
}

/** What of a person is the huvudman's own: separated, unless all of it is, or none. */
function ownPart(item: PersonFact, person: PersonRecord, register: Register): OwnPart {
  const { huvudman, numberDigest, cause, fact } = item;
  const claims = person.claims.filter((claim) => claim.huvudman === huvudman);
  if (claims.length === 0 || claims.length === person.claims.length) {
    return { of: person, announcements: [] };
  }
  const names = [`apart\n${huvudman}\n${person.id}`, `apart\n${cause}\n${fact.localId}`];
  const { apart, announcements } = separatePersons(person, claims, {
    names,
    register,
    toBe: item.securityMarking,
  });
  if (numberDigest !== null) {
    const name = { kind: 'civic', digest: numberDigest, scope: huvudman } as const;
    register.moveIdentifier(name, person, apart);
    goOnNaming(person, numberDigest, register);
  }
  return { of: apart, announcements };
}
