import { randomUUID } from 'node:crypto';
import type { Consumer, Kafka } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from './ledger.js';
import { onDatabase, readSettled } from './read-out.js';

const REBUILD_PAUSE_MS = 500;
const WATCH_MS = 250;
const SETTLED_AGE_MS = 2_000;

/** Watches the way out while the faults strike: how many events are in flight, and how long nothing new came. */
export class Witness {
  private readonly seen = new Set<string>();
  private readonly group = `witness-${randomUUID()}`;
  private consumer: Consumer | undefined;
  private watching: Promise<void> | undefined;
  private going = true;
  private lastNewMs = Date.now();
  private longestMs = 0;

  constructor(
    private readonly kafka: Kafka,
    private readonly databaseUrl: string,
    private readonly ledger: Ledger,
  ) {}

  get stalledSecondsMax(): number {
    return Math.round(this.longestMs / 100) / 10;
  }

  async start(huvudmen: readonly string[]): Promise<void> {
    await this.follow(huvudmen.map((id) => `huvudman.${id}.events`));
    this.watching = this.watch();
  }

  /** Accepted events that have not been seen on the way out: on a topic, filtered or parked. */
  async inFlight(): Promise<number> {
    await this.lookAtSettled().catch(() => undefined); // PostgreSQL may be away just now
    return this.notSeen();
  }

  async stop(): Promise<void> {
    this.going = false;
    await this.watching;
    await this.consumer?.disconnect().catch(() => undefined);
  }

  private notSeen(): number {
    let count = 0;
    for (const cause of this.ledger.accepted.keys()) if (!this.seen.has(cause)) count++;
    return count;
  }

  private async follow(topics: readonly string[]): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: this.group,
      maxWaitTimeInMs: 50,
      retry: { retries: 20, maxRetryTime: 1_000 },
    });
    this.consumer = consumer;
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart && this.going) void this.followAgain(topics);
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => {
        const cause = message.headers?.['ce_causationid']?.toString();
        if (cause !== undefined && !this.seen.has(cause)) {
          this.seen.add(cause);
          this.lastNewMs = Date.now();
        }
        return Promise.resolve();
      },
    });
  }

  private async followAgain(topics: readonly string[]): Promise<void> {
    await this.consumer?.disconnect().catch(() => undefined);
    await pause(REBUILD_PAUSE_MS);
    if (this.going) await this.follow(topics).catch(() => void this.followAgain(topics));
  }

  private async watch(): Promise<void> {
    let lookedMs = 0;
    while (this.going) {
      await pause(WATCH_MS);
      if (Date.now() - lookedMs > SETTLED_AGE_MS) {
        await this.lookAtSettled().catch(() => undefined);
        lookedMs = Date.now();
      }
      if (this.notSeen() === 0) this.lastNewMs = Date.now();
      this.longestMs = Math.max(this.longestMs, Date.now() - this.lastNewMs);
    }
  }

  private async lookAtSettled(): Promise<void> {
    const { parked, filtered } = await onDatabase(this.databaseUrl, readSettled);
    for (const { cause, stage } of filtered) if (stage !== 'test_access') this.seen.add(cause);
    for (const { cause } of parked) this.seen.add(cause);
  }
}
