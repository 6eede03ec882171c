import type { HoldUps } from './hold-ups.js';
import type { LanePiece, PieceResult } from './lane-piece.js';

const BUSY_PAUSE_MS_MIN = 50;
const BUSY_PAUSE_MS_MAX = 2_000;
const LOST_RACES_MAX = 8;
const LOST_RACE_PAUSE_MS = 20;
/** Groups ask at the same moment, and their answers come one after another. */
const GATHER_MS = 5;

export interface PieceStoreOptions {
  /** One transaction over several lanes: all of the pieces, or none. @returns those of them whose lane stands elsewhere. */
  readonly attempt: (pieces: readonly LanePiece[]) => Promise<ReadonlyMap<LanePiece, PieceResult>>;
  readonly classify: (error: unknown) => 'busy' | 'lost-race' | 'bug';
  readonly onRetry: (kind: 'busy' | 'lost-race') => void;
  readonly holdUps: Pick<HoldUps, 'retried' | 'stored' | 'givenUp'>;
  /** How many transactions run at once. */
  readonly atOnce: number;
  /** A transaction takes no further piece once it holds this many records. */
  readonly recordsMax: number;
}

interface Waiting {
  readonly piece: LanePiece;
  readonly settle: (result: PieceResult) => void;
}

/**
 * Stores pieces of several lanes together. Lanes of one process share one thread and one store: a transaction for each of them holds
 * its row locks while the others wait for them, and every statement costs the same for ten rows as for one. So what came while a
 * transaction was running goes into the next one, whichever lane it is of: the more there is to do, the less each event costs.
 */
export class PieceStore {
  private readonly waiting: Waiting[] = [];
  private running = 0;
  private woken = false;
  private groups = 0;

  constructor(private readonly options: PieceStoreOptions) {}

  /** One more consumer group brings its pieces here. */
  addGroup(): void {
    this.groups++;
  }

  /** Resolves when the piece is stored, or says why it is not. Never rejects. */
  store(piece: LanePiece): Promise<PieceResult> {
    return new Promise((settle) => {
      this.waiting.push({ piece, settle });
      this.wake();
    });
  }

  /** The lanes of one fetch are handed over one after another: the first waits for the rest of them, and for the other groups'. */
  private wake(): void {
    if (this.woken || this.running >= this.options.atOnce) return;
    this.woken = true;
    if (this.groups > 1) setTimeout(() => this.begin(), GATHER_MS);
    else setImmediate(() => this.begin());
  }

  private begin(): void {
    this.woken = false;
    while (this.running < this.options.atOnce && this.waiting.length > 0) {
      this.running++;
      void this.storeAll(this.takeTogether()).finally(() => {
        this.running--;
        this.begin(); // what waited for this has waited long enough
      });
    }
  }

  private takeTogether(): Waiting[] {
    let records = 0;
    let count = 0;
    while (count < this.waiting.length && (count === 0 || records < this.options.recordsMax)) {
      records += this.waiting[count++]!.piece.records.length;
    }
    return this.waiting.splice(0, count);
  }

  /** A fault of ours in one piece must not hold up the others: then each is stored alone, and only its own lane hears of it. */
  private async storeAll(together: readonly Waiting[]): Promise<void> {
    const left = await this.tryTogether(together);
    for (const one of left) await this.tryTogether([one]);
  }

  private async tryTogether(together: readonly Waiting[]): Promise<readonly Waiting[]> {
    try {
      return await this.tryUntilSettled(together);
    } finally {
      this.options.holdUps.givenUp(together);
    }
  }

  /** Tries until all are settled or a fault of ours shows. @returns those that must be tried alone. */
  private async tryUntilSettled(together: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { holdUps } = this.options;
    let pauseMs = BUSY_PAUSE_MS_MIN;
    let lostRaces = 0;
    let open = together;
    for (;;) {
      open = settleAbandoned(open);
      if (open.length === 0) return [];
      try {
        const elsewhere = await this.options.attempt(open.map(({ piece }) => piece));
        for (const { piece, settle } of open) {
          const result = elsewhere.get(piece);
          if (result) settle(result);
          else if (elsewhere.size === 0) settle({ kind: 'stored' });
        }
        if (elsewhere.size === 0) {
          holdUps.stored(together);
          return [];
        }
        open = open.filter(({ piece }) => !elsewhere.has(piece));
      } catch (error) {
        const kind = this.options.classify(error);
        if (kind === 'bug' || (kind === 'lost-race' && ++lostRaces > LOST_RACES_MAX)) {
          if (open.length > 1) return open;
          open[0]!.settle({ kind: 'bug', error });
          return [];
        }
        this.options.onRetry(kind);
        if (kind === 'busy') {
          holdUps.retried(together, error, topicsOf(open));
          await pause(pauseMs);
          pauseMs = Math.min(pauseMs * 2, BUSY_PAUSE_MS_MAX);
        } else {
          await pause(Math.random() * LOST_RACE_PAUSE_MS * lostRaces);
        }
      }
    }
  }
}

function settleAbandoned(waiting: readonly Waiting[]): readonly Waiting[] {
  return waiting.filter(({ piece, settle }) => {
    if (piece.isRunning()) return true;
    settle({ kind: 'abandoned' });
    return false;
  });
}

function topicsOf(waiting: readonly Waiting[]): string[] {
  return [...new Set(waiting.map(({ piece }) => piece.lane.topic))];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
