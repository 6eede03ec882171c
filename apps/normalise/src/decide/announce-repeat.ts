import type { ClaimRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { announcePerson, announced, filtered, type Verdict } from './verdict.js';

/**
 * A source says again what it has said: only its time is new. Where several claims make up the person, the newest of them comes first
 * (its EPPN, its word of a death), so that a repetition may change what they come to.
 */
export function announceRepeat(held: ClaimRecord, register: Register): Verdict {
  const person = held.person === null ? undefined : register.persons.get(held.person);
  if (person === undefined || person.claims.length < 2) {
    return filtered('filtered:unchanged', held.person);
  }
  return announced(person.id, announcePerson(person, register.remerge(person)));
}
