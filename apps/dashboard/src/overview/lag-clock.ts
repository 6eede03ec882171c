interface Sample {
  readonly atMs: number;
  readonly end: number;
}

/** An hour of looks; who is further behind is "at least" that far. */
const SAMPLES_MAX = 720;

/**
 * Turns a lag in events into one in seconds: the event that a group will read next was written after the last look at which the
 * partition ended at or before it. It is right to one look's interval, and asks Kafka for nothing more than offsets.
 */
export class LagClock {
  private readonly samples = new Map<string, Sample[]>();

  /** Notes where a lane ended now. */
  note(lane: string, end: number, atMs: number): void {
    let samples = this.samples.get(lane);
    if (!samples) this.samples.set(lane, (samples = []));
    // A topic that was made anew begins again; what was seen of the old one says nothing.
    if (end < (samples.at(-1)?.end ?? 0)) samples.length = 0;
    samples.push({ atMs, end });
    if (samples.length > SAMPLES_MAX) samples.shift();
  }

  /** Seconds since the event at `committed` was written, at most; 0 when there is none yet. */
  secondsBehind(lane: string, committed: number, atMs: number): number {
    const samples = this.samples.get(lane) ?? [];
    if (committed >= (samples.at(-1)?.end ?? 0)) return 0;
    const before = samples.findLast(({ end }) => end <= committed) ?? samples[0]!;
    return Math.max(0, Math.round((atMs - before.atMs) / 1_000));
  }
}
