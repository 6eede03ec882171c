import type { ClaimContent, ClaimKind } from '../claim/claim-content.js';
import type { SourceFact } from '../facts/source-fact.js';
import type { ClaimRecord } from '../register/records.js';

/** The first that a source says of somebody, or that it says they are gone; nobody has the claim yet. */
export function newClaim(
  { fact, source, huvudman, version }: SourceFact,
  { kind, asserted }: { readonly kind: ClaimKind; readonly asserted: ClaimContent },
): ClaimRecord {
  return {
    source: source.id,
    localId: fact.localId,
    person: null,
    huvudman,
    kind,
    ...version,
    asserted,
    sealed: null,
    sealedDigest: null,
    numberDigest: null,
    numberKind: null,
    isNew: true,
    isChanged: true,
  };
}
