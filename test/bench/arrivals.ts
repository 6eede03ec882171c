import type { Consumer, Kafka } from 'kafkajs';

/**
 * The broker answers when this much has come, or after this time: a subscriber that has it answer for every few records would take a
 * good part of the cores. It is part of the latency that is measured.
 */
const FETCH_BYTES_MIN = 128 * 1024;
const FETCH_WAIT_MS = 20;

/** Sees which source events have reached a huvudman's topic, and when. */
export class Arrivals {
  /** When the event of a number came out first, in milliseconds; 0 while it has not. */
  private readonly seenMs: Float64Array;
  private consumer: Consumer | undefined;
  records = 0;
  events = 0;

  constructor(
    private readonly run: string,
    eventsMax: number,
  ) {
    this.seenMs = new Float64Array(eventsMax);
  }

  async start(kafka: Kafka, topics: readonly string[]): Promise<void> {
    const consumer = kafka.consumer({
      groupId: `bench-${this.run}`,
      minBytes: FETCH_BYTES_MIN,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
    });
    this.consumer = consumer;
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    const joined = new Promise<void>((resolve) =>
      consumer.on(consumer.events.GROUP_JOIN, () => resolve()),
    );
    const mark = ` ${this.run}-`;
    await consumer.run({
      // Its offsets are of no use to anybody, and to keep them was a third of all requests to the broker at 500 events/s.
      autoCommit: false,
      partitionsConsumedConcurrently: topics.length,
      eachBatch: ({ batch, resolveOffset }) => {
        const now = performance.timeOrigin + performance.now();
        for (const { headers } of batch.messages) {
          this.records++;
          const cause = String(headers?.ce_causationid ?? '');
          const at = cause.indexOf(mark);
          if (at < 0) continue;
          const number = Number(cause.slice(at + mark.length));
          if (this.seenMs[number] !== 0) continue;
          this.seenMs[number] = now;
          this.events++;
        }
        resolveOffset(batch.lastOffset());
        return Promise.resolve();
      },
    });
    await joined;
  }

  seenAt(number: number): number {
    return this.seenMs[number] ?? 0;
  }

  async stop(): Promise<void> {
    await this.consumer?.disconnect();
  }
}
