import type { AuditEntry } from './audit/audit-entry.js';
import type { Envelope, FindingData, Outcome } from '#canonical';

/** A record of a topic that could be read: its envelope is whole and its payload is JSON. What cannot be read is parked before. */
export interface ReceivedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** The record's key: on `source.*` it names the object that the event is about. */
  readonly key: string;
  readonly envelope: Envelope;
  readonly data: unknown;
}

/** A statement with a name is prepared once per connection. The name is unique in the process: `<stage>.<what it does>`. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** An event for one of our topics. It leaves through the outbox, so it is sent if, and only if, the transaction commits. */
export interface OutgoingEvent {
  readonly topic: string;
  readonly key: string;
  readonly envelope: Envelope;
  /** Null is a tombstone: on a compacted topic nothing holds under this key any more. */
  readonly data: unknown;
  /** The source event (`causationOf`) in the end behind it. Kept with the row; it is a header only if the envelope says so. */
  readonly cause: string;
}

/** Why an event cannot be used now. */
export interface ParkReason {
  /** A code of the closed list `PARK_CODES`; events with one code and one `causeGroup` are mended together. */
  readonly code: ParkCode;
  /** Narrows the code to one mendable cause, ids only: `source/<id>`, `unit/<code>`. */
  readonly causeGroup: string;
  /** What is wrong and what to do: pointers and expectations, never values. */
  readonly issues: readonly { readonly pointer: string; readonly says: string }[];
  /** What must arrive for the event to heal, for example `person/<source>/<local id digest>`; it is retried then. */
  readonly awaits?: string;
}

export const PARK_CODES = [
  'unreadable',
  'unknown-type',
  'unknown-source',
  'bad-data',
  'missing-reference',
  'unit-not-yours',
  'contradiction',
  'waits-behind',
  'bug',
] as const;
export type ParkCode = (typeof PARK_CODES)[number];

/** One transaction of one stage: what is read, decided, stored and sent together. Never kept beyond the handler's return. */
export interface UnitOfWork {
  /** The instant at which this unit decides (the clock that is handed in, not the broker's). */
  readonly now: Date;
  /** The stage's epoch: the first half of every `sequence` that it gives. */
  readonly epoch: number;
  /** Statements are done in the order in which they are asked for; those that need no answer of another need not wait for it. */
  query<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
  /**
   * A statement that nothing in the unit waits for; it is done before the unit commits. `check` is handed its rows, and what it throws
   * undoes the unit.
   */
  write<Row>(
    statement: Statement,
    parameters: readonly unknown[],
    check?: (rows: readonly Row[]) => void,
  ): void;
  emit(event: OutgoingEvent): void;
  park(event: ReceivedEvent, reason: ParkReason): void;
  /** Says what became of an event that was neither emitted from nor parked, or adds a detail. Filtered ones are counted. */
  settle(event: ReceivedEvent, outcome: Outcome, detail?: string): void;
  /** Says whose event this was, for the trail: a hub id. */
  about(event: ReceivedEvent, subject: string): void;
  finding(finding: Omit<FindingData, 'stage'>): void;
  /** Says who did what about whom; it is stored if, and only if, the unit commits. */
  audit(entry: AuditEntry): void;
  /** Parked events that await one of these references are retried after this unit has committed. */
  arrived(references: readonly string[]): void;
  /** Parked events that await one of these references are given up; what waits behind them goes on. */
  discard(references: readonly string[]): void;
}

/**
 * Whole batches in: the events that one transaction handles. They may be of several lanes and topics of the handler; those of one
 * lane stand in the order of the lane.
 */
export interface EventBatch {
  readonly events: readonly ReceivedEvent[];
  readonly unit: UnitOfWork;
}
