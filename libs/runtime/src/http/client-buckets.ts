interface Bucket {
  tokens: number;
  filledAtMs: number;
}

export interface BucketOptions {
  /** What a client may take in the long run. */
  readonly perSecond: number;
  /** What it may take at once after a rest. */
  readonly burst: number;
}

/** A bucket at rest is full, and need not be remembered. */
const CLIENTS_REMEMBERED_MAX = 10_000;

/** A token bucket for each client: so many at once after a rest, so many in the long run. Every process counts for itself. */
export class ClientBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly options: BucketOptions,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Seconds until the client has so many; 0 when it has them. */
  secondsUntil(clientId: string, tokens: number): number {
    const missing = tokens - this.filled(clientId).tokens;
    return missing > 0 ? missing / this.options.perSecond : 0;
  }

  /**
   * Takes so many whether or not they are there: what is missing is a debt, and the next has to wait.
   *
   * @returns seconds until the debt is paid; 0 without one.
   */
  take(clientId: string, tokens: number): number {
    const bucket = this.filled(clientId);
    bucket.tokens -= tokens;
    return bucket.tokens < 0 ? -bucket.tokens / this.options.perSecond : 0;
  }

  private filled(clientId: string): Bucket {
    const bucket = this.bucket(clientId);
    const now = this.nowMs();
    const gained = ((now - bucket.filledAtMs) / 1_000) * this.options.perSecond;
    bucket.tokens = Math.min(this.options.burst, bucket.tokens + gained);
    bucket.filledAtMs = now;
    return bucket;
  }

  private bucket(clientId: string): Bucket {
    const known = this.buckets.get(clientId);
    if (known !== undefined) return known;
    if (this.buckets.size >= CLIENTS_REMEMBERED_MAX) this.forgetRested();
    const bucket = { tokens: this.options.burst, filledAtMs: this.nowMs() };
    this.buckets.set(clientId, bucket);
    return bucket;
  }

  private forgetRested(): void {
    for (const clientId of this.buckets.keys()) {
      if (this.filled(clientId).tokens >= this.options.burst) this.buckets.delete(clientId);
    }
  }
}
