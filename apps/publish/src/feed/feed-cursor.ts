/** A place in one huvudman's feed: after the event at this position. Positions of a later epoch come after all earlier ones. */
export interface FeedPlace {
  readonly epoch: number;
  readonly position: number;
}

export const FEED_START: FeedPlace = { epoch: 0, position: 0 };

const VERSION = '1';
const CURSOR_LENGTH_MAX = 120;

/** Opaque to readers, so that what it holds may change. It names its huvudman: no other one's feed accepts it. */
export function encodeCursor(huvudman: string, { epoch, position }: FeedPlace): string {
  return Buffer.from(`${VERSION}:${huvudman}:${epoch}:${position}`, 'utf8').toString('base64url');
}

/** The place that a cursor names; undefined when it is none of this huvudman's. */
export function decodeCursor(huvudman: string, cursor: string): FeedPlace | undefined {
  if (cursor.length > CURSOR_LENGTH_MAX || !/^[\w-]+$/.test(cursor)) return undefined;
  const parts = Buffer.from(cursor, 'base64url').toString('utf8').split(':');
  const [version, owner, epoch = '', position = ''] = parts;
  if (parts.length !== 4 || version !== VERSION || owner !== huvudman) return undefined;
  if (!/^\d{1,10}$/.test(epoch) || !/^\d{1,15}$/.test(position)) return undefined;
  return { epoch: Number(epoch), position: Number(position) };
}

export function isAfter(place: FeedPlace, other: FeedPlace): boolean {
  return (
    place.epoch > other.epoch || (place.epoch === other.epoch && place.position > other.position)
  );
}

export function isSamePlace(place: FeedPlace, other: FeedPlace): boolean {
  return place.epoch === other.epoch && place.position === other.position;
}
