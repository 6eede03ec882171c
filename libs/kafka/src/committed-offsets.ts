import type { Consumer } from 'kafkajs';
import type { Lane } from './lane-runner.js';

/** The offsets that the broker is told only show operators how far a group is: one request for all lanes, no more often than this. */
const PACE_MS = 500;

export interface CommittedOffsetsOptions {
  /** The name that a topic of ours has on the cluster. */
  readonly wire: (topic: string) => string;
  readonly onFailure: (error: unknown) => void;
}

/** Tells the broker how far one consumer is. Where to go on after a restart is never asked of it. */
export class CommittedOffsets {
  private readonly waiting = new Map<string, Lane & { readonly nextOffset: number }>();
  private timer: NodeJS.Timeout | undefined;
  private toldMs = 0;

  constructor(
    private readonly consumer: Pick<Consumer, 'commitOffsets'>,
    private readonly options: CommittedOffsetsOptions,
  ) {}

  /** The lane is stored up to this offset. At once after a quiet while, else soon. */
  note({ topic, partition }: Lane, nextOffset: number): void {
    this.waiting.set(`${topic}/${partition}`, { topic, partition, nextOffset });
    if (this.timer) return;
    const waitMs = Math.max(0, this.toldMs + PACE_MS - performance.now());
    this.timer = setTimeout(() => void this.tell(), waitMs).unref();
  }

  /** Lanes were assigned anew: those noted may be another's by now. */
  forget(): void {
    this.waiting.clear();
  }

  /** Tells what waits. One that fails (a rebalance, a broker that died) only dulls the lag figure. */
  async tell(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const places = [...this.waiting.values()];
    this.waiting.clear();
    if (places.length === 0) return;
    this.toldMs = performance.now();
    const offsets = places.map(({ topic, partition, nextOffset }) => ({
      topic: this.options.wire(topic),
      partition,
      offset: String(nextOffset),
    }));
    await this.consumer.commitOffsets(offsets).catch(this.options.onFailure);
  }
}
