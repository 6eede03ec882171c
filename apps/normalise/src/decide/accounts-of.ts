import type { ClaimRecord, PersonRecord } from '../register/records.js';

/**
 * The person's accounts that a student register's claim names: an account is whoever's the claim is of its huvudman and local id, and
 * goes where that claim goes. Of one that was read before the hub kept its local id, the last claim of the huvudman decides.
 */
export function accountsOf(claim: ClaimRecord, { claims }: PersonRecord): readonly ClaimRecord[] {
  if (claim.kind !== 'register') return [];
  const others = claims.filter(
    (one) => one.kind === 'register' && one !== claim && one.huvudman === claim.huvudman,
  );
  const isNamedTwice = others.some(({ localId }) => localId === claim.localId);
  return claims.filter(({ kind, huvudman, asserted: { accountOf } }) => {
    if (kind !== 'account' || huvudman !== claim.huvudman) return false;
    if (accountOf === undefined) return others.length === 0;
    return accountOf === claim.localId && !isNamedTwice;
  });
}
