import type { PersonDifference } from '../claim/compare-persons.js';
import type { PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { mergePersons } from './merge-persons.js';
import { announcePerson, type Announcement } from './verdict.js';

/**
 * Tells what a fact has changed, and makes one person of those who turn out to be one. The merge comes first, and the news are told of
 * whom it leaves, as they stand then: under an id that has ended they might be passed over, and they must not be told of somebody as
 * unprotected whom the merge has made protected.
 */
export function joinPersons(
  person: PersonRecord,
  merge: readonly string[],
  { news, register }: { readonly news: readonly PersonDifference[]; readonly register: Register },
): { readonly survivor: PersonRecord; readonly announcements: Announcement[] } {
  const merges = merge.map((id) => register.persons.get(id)!);
  const survivor = merges[0] ?? person;
  const others = [person, ...merges].filter((one) => one !== survivor);
  const merged = others.flatMap((one) => mergePersons(one, survivor, register));
  const told = merged.length === 0 ? news : news.filter((one) => isStill(one, survivor));
  return { survivor, announcements: [...merged, ...announcePerson(survivor, told)] };
}

/** A marking that the fact has set or lifted may be another's as well. */
function isStill({ type }: PersonDifference, { state }: PersonRecord): boolean {
  const isProtected = state!.securityMarking !== 'Ingen';
  if (type === 'se.elevnav.person.protected') return isProtected;
  return type !== 'se.elevnav.person.unprotected' || !isProtected;
}
