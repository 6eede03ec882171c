import type { VendorEvent } from './vendor-event.js';

/** An event that was accepted: from then on it must end published, filtered, parked or held. */
export interface Accepted {
  readonly cause: string;
  readonly object: string;
  readonly record: string | undefined;
  readonly atMs: number;
}

/** What the hub has taken on: every event that got a 202, and every poisoned record that Kafka has acknowledged. */
export class Ledger {
  readonly accepted = new Map<string, Accepted>();
  /** Keys of the poisoned records, each with its kind. */
  readonly poison = new Map<string, string>();
  resent = 0;
  firstMs = 0;
  lastMs = 0;

  accept(events: readonly VendorEvent[]): void {
    const atMs = Date.now();
    this.firstMs ||= atMs;
    this.lastMs = atMs;
    for (const { id, source, object, record } of events) {
      const cause = `${source} ${id}`;
      if (this.accepted.has(cause)) throw new Error(`Two events have the id ${id}.`);
      this.accepted.set(cause, { cause, object, record, atMs });
    }
  }

  poisoned(key: string, kind: string): void {
    this.poison.set(key, kind);
  }

  /** How many poisoned records of each kind there are. */
  get poisonOfKinds(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const kind of this.poison.values()) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  get size(): number {
    return this.accepted.size + this.poison.size;
  }

  get perSecond(): number {
    return this.accepted.size / Math.max(0.001, (this.lastMs - this.firstMs) / 1_000);
  }
}
