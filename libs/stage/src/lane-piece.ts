import type { Lane, LaneVerdict, RawRecord } from '#kafka';
import type { ParkedRow } from './unit.js';
import type { ReceivedEvent } from './unit-of-work.js';

/** One transaction handles about this many records at most; measured best between 500 and 1,000 (standards/reliability.md §3). */
export const PIECE_RECORDS_MAX = 600;

/** Consecutive records of one lane that are stored whole or not at all. */
export interface LanePiece {
  readonly lane: Lane;
  readonly records: readonly RawRecord[];
  /** Where this process believes the lane to be, and where it is once the piece is stored. */
  readonly from: number;
  readonly to: number;
  /** False once the consumer stops or has lost the lane: the piece is then given up. */
  readonly isRunning: () => boolean;
  /** Set where the piece is one record that a fault of ours cannot handle: it is parked instead. */
  readonly culprit?: (event: ReceivedEvent) => ParkedRow;
}

export type PieceResult =
  | { readonly kind: 'stored' }
  | { readonly kind: 'bug'; readonly error: unknown }
  | Exclude<LaneVerdict, { kind: 'done' }>;
