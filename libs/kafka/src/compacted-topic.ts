import { randomUUID } from 'node:crypto';
import type { Consumer } from 'kafkajs';
import type { KafkaConnection } from './kafka-connection.js';

const FETCH_WAIT_MS = 100;
const REBUILD_PAUSE_MS = 2_000;

export interface CompactedTopicOptions {
  readonly topic: string;
  readonly clientId: string;
  /** Called for every record in order; null means that the key is gone. Must not throw. */
  readonly onRecord: (key: string, value: Buffer | null) => void;
  readonly onLog: (level: 'warn' | 'error', says: string) => void;
}

/**
 * Follows a compacted topic of one partition from its beginning: every process has a copy of its own, so there is no group to
 * share it in. `start` resolves once all that lay there when it was called has been read.
 */
export class CompactedTopic {
  private consumer: Consumer | undefined;
  private stopped = false;
  private readUpTo = 0;
  private wake: (() => void) | undefined;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: CompactedTopicOptions,
  ) {}

  /** May be called again after it failed. */
  async start(): Promise<void> {
    await this.connection.ensureTopics([this.options.topic]);
    const [{ low, high } = { low: 0, high: 0 }] = await this.connection.topicOffsets(
      this.options.topic,
    );
    this.readUpTo = low;
    await this.follow().catch(async (error: unknown) => {
      await this.consumer?.disconnect().catch(() => undefined);
      throw error;
    });
    while (this.readUpTo < high && !this.stopped) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake?.();
    await this.consumer?.disconnect().catch(() => undefined);
  }

  private async follow(): Promise<void> {
    const consumer = this.connection.client.consumer({
      groupId: this.connection.wire(
        `${this.options.clientId}.${this.options.topic}.${randomUUID()}`,
      ),
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: {
        retries: 8,
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        // Stopped while it is starting again after a crash, kafkajs would go on trying for ever.
        restartOnFailure: () => Promise.resolve(!this.stopped),
      },
    });
    this.consumer = consumer;
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.options.onLog(
        'error',
        `${this.options.topic}: the reader crashed: ${payload.error.name}`,
      );
      if (!payload.restart) this.rebuild(consumer);
    });
    await consumer.connect();
    await consumer.subscribe({
      topics: [this.connection.wire(this.options.topic)],
      fromBeginning: true,
    });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { key, value } of batch.messages) {
          if (key) this.options.onRecord(key.toString('utf8'), value);
        }
        this.readUpTo = Number(batch.lastOffset()) + 1;
        this.wake?.();
        return Promise.resolve();
      },
    });
  }

  /** Reads from the beginning again: the records are the same, so nothing is lost or doubled by it. */
  private rebuild(crashed: Consumer): void {
    if (this.stopped || crashed !== this.consumer) return;
    void crashed.disconnect().catch(() => undefined);
    setTimeout(() => {
      if (this.stopped) return;
      this.follow().catch(() => {
        this.options.onLog('error', `${this.options.topic}: the reader could not be rebuilt yet`);
        if (this.consumer) this.rebuild(this.consumer);
      });
    }, REBUILD_PAUSE_MS).unref();
  }
}
