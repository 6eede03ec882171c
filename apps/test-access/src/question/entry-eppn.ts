import { hash } from 'node:crypto';
import type { AccessEntry } from '#canonical';

const DIGEST_DIGITS = 32;

/** The EPPN of an access entry, as it is found by. */
export interface EntryEppn {
  readonly eppn: Buffer;
  readonly huvudman: string;
  readonly person: string;
}

/**
 * What an EPPN is found by: of one length, and no text that an error of the database could quote. Without a key, since the EPPN
 * itself stands in the person's row beside it. Case does not matter.
 */
export function eppnDigest(eppn: string): Buffer {
  return Buffer.from(hash('sha256', eppn.toLowerCase(), 'hex').slice(0, DIGEST_DIGITS), 'hex');
}

export function isSameEppn(one: string | null, other: string): boolean {
  return one !== null && one.toLowerCase() === other.toLowerCase();
}

/** What of a person's entries is no longer to be found by its EPPN, and what is from now on. */
export function compareEppns(
  person: string,
  before: readonly AccessEntry[],
  after: readonly AccessEntry[],
): { readonly gone: EntryEppn[]; readonly come: EntryEppn[] } {
  const [old, now] = [placesOf(before), placesOf(after)];
  const of = (places: ReadonlyMap<string, AccessEntry>, others: ReadonlyMap<string, AccessEntry>) =>
    [...places].flatMap(([place, { eppn, huvudman }]) =>
      others.has(place) ? [] : [{ eppn: eppnDigest(eppn!), huvudman, person }],
    );
  return { gone: of(old, now), come: of(now, old) };
}

/** One entry for each huvudman and EPPN, those without one left out. */
function placesOf(entries: readonly AccessEntry[]): ReadonlyMap<string, AccessEntry> {
  const usable = entries.filter(({ eppn }) => eppn !== null);
  return new Map(usable.map((entry) => [`${entry.huvudman} ${entry.eppn!.toLowerCase()}`, entry]));
}
