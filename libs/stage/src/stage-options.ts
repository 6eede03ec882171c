import type { Lane } from '#kafka';
import type { MigrationClass, Session } from '#database';
import type { ReceivedEvent } from './unit-of-work.js';

/** A row of the outbox: an event that was decided and is to be sent, if it has not been yet. */
export interface OutboxRow {
  readonly id: number;
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null leaves as a tombstone. */
  readonly value: string | null;
  readonly cause: string;
}

/** What a stage says of itself, once, in its module. */
export interface StageOptions {
  readonly stage: string;
  readonly migrations: readonly MigrationClass[];
  readonly entities?: readonly (new () => object)[];
  /** Drops vendors' own duplicates: events with a `source` and `id` seen within 30 days. */
  readonly inbox?: boolean;
  /** True for an event that carries its object's full state: it need not wait behind the object's parked events but replaces them. */
  readonly replaces?: (event: ReceivedEvent) => boolean;
  /** False for an event that has nothing to do with what is parked under the same key; left out, every event waits behind it. */
  readonly waits?: (event: ReceivedEvent) => boolean;
  /**
   * True when an event with its object's full state takes no place of one that is parked, most of all since it is the older one at its
   * source: it is handled, and the parked one stays and is tried again, or the newest word would be lost to an old one that came late.
   * Left out: arrival tells.
   */
  readonly isOlder?: (event: ReceivedEvent, parked: ReceivedEvent) => boolean;
  /**
   * Takes rows that Kafka has acknowledged out of the outbox, in the order in which they were sent; left out, they are deleted. It
   * runs in a transaction of its own, and may run again for rows that were sent before.
   */
  readonly takeOut?: (rows: readonly OutboxRow[], session: Session, epoch: number) => Promise<void>;
}

export const STAGE_OPTIONS = Symbol('stage-options');

/** The PostgreSQL schema of a stage. */
export function schemaNameOf(stage: string): string {
  return stage.replaceAll('-', '_');
}

/** What a consumer of the stage reads now, and how it is set back. */
export interface Watched {
  readonly lanes: readonly Lane[];
  readonly seek: (lane: Lane, offset: number) => void;
}
