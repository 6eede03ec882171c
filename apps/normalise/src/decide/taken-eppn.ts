import { eppnDigest } from '../register/hub-ids.js';
import type { ClaimRecord } from '../register/records.js';
import { eppnName, statesEppn, type Register } from '../register/register.js';
import { accountsOf } from './accounts-of.js';

interface Stating {
  /** Who may have it: whom the fact speaks of, and who turns out to be the same. */
  readonly persons: readonly (string | undefined)[];
  /** What the source asserted until now, perhaps of somebody else, who lets go of it. */
  readonly held?: ClaimRecord | undefined;
  readonly register: Register;
}

/** The digest of the first EPPN that somebody else has, and would still have when the claim that states it has gone to its person. */
export function takenEppn(
  eppns: readonly string[],
  { persons, held, register }: Stating,
): string | undefined {
  for (const eppn of eppns) {
    const digest = eppnDigest(register.keys, eppn);
    const holder = register.holderOfIdentifier(eppnName(digest));
    if (holder === undefined || persons.includes(holder)) continue;
    if (holder !== held?.person || isStatedBeside(held, eppn, register)) return digest;
  }
  return undefined;
}

/** Whether another claim of the same person, one that stays behind, states the EPPN too. */
function isStatedBeside(held: ClaimRecord, eppn: string, { persons }: Register): boolean {
  const person = persons.get(held.person!);
  if (person === undefined) return true;
  const going = [held, ...accountsOf(held, person)];
  return person.claims.some((claim) => !going.includes(claim) && statesEppn(claim, eppn));
}
