/**
 * For how long Kafka may owe an acknowledgement before its producer is not well. A partition whose leader goes is led by another broker
 * within less, and a process gives two signs of life in this time: one request that was refused is made good by the next acknowledgement.
 */
const OWED_MS_MAX = 10_000;
/** By then anybody who still wanted to send has tried again. */
const FAILURE_COUNTS_MS = 30_000;

interface Request {
  readonly sinceMs: number;
}

/**
 * Since when Kafka owes its producer an acknowledgement: what it was told fails, and what waits for it.
 *
 * Only an acknowledgement says that Kafka acknowledges. To ask for its metadata instead would be answered by a broker whose disk is full
 * or whose replicas are gone, and a timer of its own would add requests to every process: the signs of life, which go the same way as
 * all else every 5 s, find out soon enough that Kafka is back. Where nobody sends at all, as in a stage whose store is away, a failure
 * stops counting after a while: a process that is given no work because of it would otherwise never be given any again.
 */
export class Acknowledgements {
  /** In the order in which they began. */
  private readonly waiting = new Set<Request>();
  private lastMs: number | undefined;
  private failing: { readonly sinceMs: number; lastMs: number } | undefined;

  constructor(private readonly nowMs: () => number = Date.now) {}

  /** Follows a request until Kafka has acknowledged it, or it is given up. */
  async follow(request: Promise<void>): Promise<void> {
    const began: Request = { sinceMs: this.nowMs() };
    this.forgetOldFailure();
    this.waiting.add(began);
    try {
      await request;
      this.lastMs = this.nowMs();
      this.failing = undefined;
    } catch (error) {
      this.fail(Math.max(began.sinceMs, this.lastMs ?? 0));
      throw error;
    } finally {
      this.waiting.delete(began);
    }
  }

  /** Something was not even sent, since too much waits. */
  refuse(): void {
    this.forgetOldFailure();
    this.fail(this.nowMs());
  }

  /** For readiness: does Kafka take what is sent, and if not, since when? */
  get health(): { ok: boolean; says: string } {
    this.forgetOldFailure();
    const [oldest] = this.waiting;
    const owedSinceMs = Math.min(oldest?.sinceMs ?? Infinity, this.failing?.sinceMs ?? Infinity);
    if (this.nowMs() - owedSinceMs > OWED_MS_MAX) {
      const since = new Date(owedSinceMs).toISOString();
      const says = `Kafka has owed an acknowledgement since ${since}: mend it (do its brokers answer, has its disk room?); sending goes on by itself.`;
      return { ok: false, says };
    }
    if (this.lastMs === undefined) return { ok: true, says: 'Nothing has been sent to Kafka yet.' };
    const last = new Date(this.lastMs).toISOString();
    return { ok: true, says: `Kafka acknowledged last at ${last}.` };
  }

  private fail(sinceMs: number): void {
    this.failing = { sinceMs: this.failing?.sinceMs ?? sinceMs, lastMs: this.nowMs() };
  }

  private forgetOldFailure(): void {
    if (!this.failing || this.waiting.size > 0) return;
    if (this.nowMs() - this.failing.lastMs > FAILURE_COUNTS_MS) this.failing = undefined;
  }
}
