import type { ClaimRecord, PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';

/**
 * What is sealed with one person's key is sealed with another's, since the claim is theirs now and the first key may be shredded.
 * @throws Error when the claim was read without what is sealed in it: whoever decides must have asked for it (`Needs.opened`).
 */
export function resealClaim(
  claim: ClaimRecord,
  from: PersonRecord,
  to: PersonRecord,
  { keys }: Register,
): void {
  if (claim.sealedDigest === null) return;
  if (claim.sealed === null) {
    throw new Error('A claim that changes its person was read without what is sealed in it.');
  }
  const text = keys.open(from.wrappedKey, from.id, claim.sealed);
  claim.sealed = keys.seal(to.wrappedKey, to.id, text);
  claim.sealedDigest = sealedDigest(keys, to.id, text);
}

/** Keyed hash, in hex, of what is sealed for a person: only what changed is sealed again. */
export function sealedDigest(keys: Register['keys'], person: string, text: string): string {
  return keys.digest('sealed', `${person}\n${text}`);
}
