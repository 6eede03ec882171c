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
  /** What the times that are not believed count as: the moment of receipt, in the order in which the sources gave them. */
  readonly believed: ReadonlyMap<string, string>;
}

const MICROSECONDS_MAX = 999;

/** @param told the times that the sources give in this batch. */
export function receiptAt(now: Date, told: readonly string[] = []): Receipt {
  const latestBelieved = microseconds(new Date(now.getTime() + CLOCK_AHEAD_MS_MAX));
  const ahead = [...new Set(told.filter((time) => time > latestBelieved))].sort();
  const believed = new Map(ahead.map((time, place) => [time, microseconds(now, place)]));
  return { at: microseconds(now), latestBelieved, believed };
}

/**
 * The source's own time; one later than receipt + 5 minutes counts as receipt, and of two such times of one batch the later one stays
 * the later.
 */
export function believedInstant(
  modified: string,
  { at, latestBelieved, believed }: Receipt,
): string {
  return modified > latestBelieved ? (believed.get(modified) ?? at) : modified;
}

function microseconds(instant: Date, more = 0): string {
  const digits = String(Math.min(more, MICROSECONDS_MAX)).padStart(3, '0');
  return instant.toISOString().replace('Z', `${digits}Z`);
}
