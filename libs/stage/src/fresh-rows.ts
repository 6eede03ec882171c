import type { OutboxRow } from './stage-options.js';

const BYTES_MAX = 32 * 1024 * 1024;
/** What an entry takes beside its texts, roughly. */
const ROW_BYTES_GUESS = 1_000;

/**
 * Rows of the outbox that this process has just committed: the relay sends them without reading them back. It is a cache and nothing
 * more: which rows there are, and in which order, the table says, and what is not here is read from there.
 */
export class FreshRows {
  private readonly rows = new Map<number, OutboxRow>();
  private bytes = 0;

  constructor(private readonly bytesMax = BYTES_MAX) {}

  get size(): number {
    return this.rows.size;
  }

  /** Rows beyond the room are not kept. */
  add(rows: readonly OutboxRow[]): void {
    for (const row of rows) {
      if (this.bytes >= this.bytesMax) return;
      this.rows.set(row.id, row);
      this.bytes += bytesOf(row);
    }
  }

  get(id: number): OutboxRow | undefined {
    return this.rows.get(id);
  }

  /** Forgets what has been sent, and whatever came in too late to be. */
  forgetUpTo(id: number): void {
    for (const [known, row] of this.rows) {
      if (known > id) continue;
      this.rows.delete(known);
      this.bytes -= bytesOf(row);
    }
  }

  clear(): void {
    this.rows.clear();
    this.bytes = 0;
  }
}

function bytesOf({ value }: OutboxRow): number {
  return ROW_BYTES_GUESS + (value?.length ?? 0);
}
