import { errorCodeOf } from '#database';

/** A restart of PostgreSQL takes less; it deserves no line. */
const HELD_MS_MIN = 5_000;
const TOLD_EVERY_MS = 60_000;
/** SQLSTATE `disk_full`. */
const DISK_FULL = '53100';

/** Batches that have been tried again and again for some seconds. */
export interface HoldUp {
  readonly topics: readonly string[];
  readonly heldMs: number;
  readonly errorName: string;
  /** The SQLSTATE or the code of the socket. */
  readonly errorCode: string | undefined;
  /** What to do. */
  readonly says: string;
}

export interface HoldUpsOptions {
  /** Called at most once a minute. */
  readonly onHeldUp: (holdUp: HoldUp) => void;
  /** Called when nothing is held up any more, if it was told. */
  readonly onGoesOn: (heldMs: number) => void;
  readonly nowMs?: () => number;
}

interface Held {
  readonly sinceMs: number;
  readonly errorCode: string | undefined;
}

/**
 * Which batches of this process cannot be stored just now, since when, and why: the retry loops tell it here, for the log and for
 * readiness. Batches that lost a race are not meant, since they are not tried for long.
 */
export class HoldUps {
  private readonly held = new Map<object, Held>();
  private readonly nowMs: () => number;
  private toldMs = -Infinity;
  /** Since when what the log was told of has been held up. */
  private toldSinceMs: number | undefined;

  constructor(private readonly options: HoldUpsOptions) {
    this.nowMs = options.nowMs ?? Date.now;
  }

  /** @param batch the same object each time */
  retried(batch: object, error: unknown, topics: readonly string[]): void {
    const nowMs = this.nowMs();
    const sinceMs = this.held.get(batch)?.sinceMs ?? nowMs;
    const errorCode = errorCodeOf(error);
    this.held.set(batch, { sinceMs, errorCode });
    const heldMs = nowMs - sinceMs;
    if (heldMs < HELD_MS_MIN || nowMs - this.toldMs < TOLD_EVERY_MS) return;
    this.toldMs = nowMs;
    this.toldSinceMs ??= sinceMs;
    const errorName = error instanceof Error ? error.name : `a thrown ${typeof error}`;
    this.options.onHeldUp({ topics, heldMs, errorName, errorCode, says: adviceFor(errorCode) });
  }

  stored(batch: object): void {
    this.held.delete(batch);
    if (this.toldSinceMs === undefined || this.held.size > 0) return;
    const heldMs = this.nowMs() - this.toldSinceMs;
    this.toldSinceMs = undefined;
    this.options.onGoesOn(heldMs);
  }

  /** Nobody tries this batch any more: its consumer has stopped or lost the lanes, or each piece of it is tried alone. */
  givenUp(batch: object): void {
    this.held.delete(batch);
  }

  /** For readiness: has PostgreSQL room for what is to be written? As the retry loops saw it last, so that no probe has to write. */
  get room(): { ok: boolean; detail: string } {
    const full = [...this.held.values()].find(({ errorCode }) => errorCode === DISK_FULL);
    if (!full) return { ok: true, detail: 'PostgreSQL answers.' };
    const since = new Date(full.sinceMs).toISOString();
    const detail = `PostgreSQL has no disk space left, and a batch has waited since ${since}: give it some; the stage goes on by itself.`;
    return { ok: false, detail };
  }
}

function adviceFor(errorCode: string | undefined): string {
  return errorCode === DISK_FULL
    ? 'PostgreSQL has no disk space left; give it some, and do not restart the stage'
    : 'PostgreSQL or Kafka is away or overloaded; mend it, and do not restart the stage';
}
