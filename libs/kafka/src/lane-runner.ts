import type { RawHeaders } from '#canonical';

/** A partition of a topic, as one consumer of one stage reads it. */
export interface Lane {
  readonly topic: string;
  readonly partition: number;
}

/** A record as it lies in the log: nothing of it has been read yet. */
export interface RawRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: RawHeaders;
  /** When the broker took it, in milliseconds since 1970. */
  readonly timestampMs: number;
}

export interface RawBatch extends Lane {
  readonly records: readonly RawRecord[];
  /** The offset after the last record, control records included. */
  readonly nextOffset: number;
}

/** What a runner says of a batch. */
export type LaneVerdict =
  /** All up to `nextOffset` is stored; the broker may be told. */
  | { readonly kind: 'done'; readonly nextOffset: number }
  /** Read again from here: the stored position is the truth, not the broker's. */
  | { readonly kind: 'seek'; readonly offset: number }
  /** The lane stands still until an operator acts. */
  | { readonly kind: 'stopped'; readonly says: string }
  /** The consumer is stopping; the batch will be read again. */
  | { readonly kind: 'abandoned' };

/**
 * What a consumer does with whole batches. For whoever implements it: `process` never throws: everything thrown by the
 * handler behind it is told apart inside (busy, or a bug). It may take long: heartbeats go on meanwhile. `isRunning` turns false
 * when the consumer stops; return `abandoned` soon then.
 */
export interface LaneRunner {
  /** Where each newly assigned lane goes on; lanes not in the answer go on where the broker says. */
  assigned(lanes: readonly Lane[]): Promise<readonly (Lane & { offset: number })[]>;
  process(batch: RawBatch, isRunning: () => boolean): Promise<LaneVerdict>;
}
