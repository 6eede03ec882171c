/** What decides which of two assertions of one source about one object is the newer one. */
export interface ClaimVersion {
  /** The source's own time, as adapters write instants, believed (see `believedInstant`). */
  readonly modified: string;
  /** The CloudEvents `sequence` that the source gave, if it gives any. */
  readonly sequence: string | null;
  readonly deleted: boolean;
  /** A keyed hash of the content, in hex: equal content has equal text. */
  readonly content: string;
}

export type ClaimOrder = 'newer' | 'older' | 'duplicate';

/**
 * Tells whether an assertion is newer than the one that is held (design §5). Only the source's own time and sequence count, never
 * the order of arrival: at one and the same time the sequence decides, then a deletion wins over content, then the larger hash, so
 * that every order of arrival ends in the same state.
 */
export function orderClaims(incoming: ClaimVersion, held: ClaimVersion | undefined): ClaimOrder {
  if (held === undefined) return 'newer';
  if (incoming.modified !== held.modified) {
    return incoming.modified > held.modified ? 'newer' : 'older';
  }
  if (incoming.sequence !== null && held.sequence !== null && incoming.sequence !== held.sequence) {
    return incoming.sequence > held.sequence ? 'newer' : 'older';
  }
  if (incoming.deleted !== held.deleted) return incoming.deleted ? 'newer' : 'older';
  if (incoming.deleted || incoming.content === held.content) return 'duplicate';
  return incoming.content > held.content ? 'newer' : 'older';
}

/** A source whose clock runs ahead by more than this is taken to speak of the moment of receipt (design §5). */
export const CLOCK_AHEAD_MS_MAX = 5 * 60 * 1000;

/** The moment at which a batch is handled, as adapters write instants: UTC with six decimals, so that text order is time order. */
export interface Receipt {
  readonly at: string;
  readonly latestBelieved: string;
}

export function receiptAt(now: Date): Receipt {
  return {
    at: microseconds(now),
    latestBelieved: microseconds(new Date(now.getTime() + CLOCK_AHEAD_MS_MAX)),
  };
}

/** The source's own time; one later than receipt + 5 minutes counts as receipt. */
export function believedInstant(modified: string, receipt: Receipt): string {
  return modified > receipt.latestBelieved ? receipt.at : modified;
}

function microseconds(instant: Date): string {
  return instant.toISOString().replace('Z', '000Z');
}
