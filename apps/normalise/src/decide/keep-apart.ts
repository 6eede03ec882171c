import type { PersonFact } from '../facts/source-fact.js';
import { isFullyProtected } from '../identity/resolve-identity.js';
import type { PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { separatePersons } from './separate-persons.js';
import type { Announcement } from './verdict.js';

/**
 * With skyddad folkbokföring nothing is matched across huvudmän, what was matched before included: the huvudman that says so has a
 * person of its own from now on, before anything is said of the marking, so that the others hear nothing of it (design §6, rule 8).
 * When it lifts the marking, name and number match again.
 */
export function keepApart(
  item: PersonFact,
  person: PersonRecord,
  register: Register,
): { readonly person: PersonRecord; readonly announcements: readonly Announcement[] } | undefined {
  if (!isFullyProtected(item.securityMarking)) return undefined;
  const { huvudman, numberDigest, cause, fact } = item;
  const claims = person.claims.filter((claim) => claim.huvudman === huvudman);
  if (claims.length === 0 || claims.length === person.claims.length) return undefined;
  const names = [`apart\n${huvudman}\n${person.id}`, `apart\n${cause}\n${fact.localId}`];
  const { apart, announcements } = separatePersons(person, claims, {
    names,
    register,
    toBe: item.securityMarking,
  });
  if (numberDigest !== null) {
    register.moveIdentifier(
      { kind: 'civic', digest: numberDigest, scope: huvudman },
      person,
      apart,
    );
  }
  return { person: apart, announcements };
}
