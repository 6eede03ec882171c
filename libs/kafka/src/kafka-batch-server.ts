import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { BatchConsumer } from './batch-consumer.js';
import type { KafkaConnection } from './kafka-connection.js';
import type { LaneRunner } from './lane-runner.js';

export const KAFKA_BATCHES = Symbol('kafka-batches');

/** What a handler's decorator says: the stage and the exact set of topics that one consumer group reads. */
export interface BatchPattern {
  readonly stage: string;
  /** Names the decorated method: groups with one handler may be stored together. */
  readonly handler: string;
  readonly topics: readonly string[];
}

/** Hands a batch to the decorated method and waits for it; whatever the method throws comes out as it was thrown. */
export type CallHandler = (batch: unknown) => Promise<void>;

export interface KafkaBatchServerOptions {
  readonly connection: KafkaConnection;
  /** Makes the runner of one group: it calls the handler inside its own transaction, as often as it needs to. */
  readonly runnerOf: (pattern: BatchPattern, call: CallHandler) => LaneRunner;
  /** Every topic of this group must have a handler, and only these groups are read here. */
  readonly reads: (pattern: BatchPattern) => boolean;
  /** Topics that a setting names. Each must have a handler here, or what comes in it would lie unread, unseen. */
  readonly named?: readonly string[];
  /** Does what needs Kafka, again and again while it is away. */
  readonly whenKafkaAnswers: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onConsumer: (consumer: BatchConsumer, pattern: BatchPattern) => void;
  readonly onFatal: (says: string) => void;
  readonly onLog: (level: 'info' | 'warn' | 'error', says: string) => void;
}

/**
 * A Nest transport that reads Kafka in whole batches. Nest's own Kafka transport hands over single messages, loses those of topics
 * without a handler and turns every failure into an endless loop (standards/reliability.md §1.5).
 */
export class KafkaBatchServer extends Server implements CustomTransportStrategy {
  override readonly transportId = KAFKA_BATCHES as unknown as number;
  override readonly propagatesEventHandlerErrors = true;
  private readonly consumers: BatchConsumer[] = [];

  constructor(private readonly options: KafkaBatchServerOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
  }

  override on(): never {
    throw new Error('KafkaBatchServer has no events to listen to; ask a consumer for its health.');
  }

  override unwrap<T>(): T {
    return this.consumers as unknown as T;
  }

  private async start(): Promise<void> {
    const groups = [...this.getHandlers()].map(([pattern, handler]) => ({
      pattern: JSON.parse(pattern) as BatchPattern,
      handler,
    }));
    const read = groups.filter(({ pattern }) => this.options.reads(pattern));
    if (read.length === 0) {
      throw new Error(
        'No batch handler is registered: a process that reads nothing would lose events unseen.',
      );
    }
    const { connection, whenKafkaAnswers, named = [] } = this.options;
    const unread = named.filter((name) =>
      read.every(({ pattern }) => !pattern.topics.includes(name)),
    );
    if (unread.length > 0) {
      throw new Error(
        `Nothing here reads ${unread.join(', ')} (a group is read with all its topics or not at all): correct STAGE_TOPICS.`,
      );
    }
    const topics = [...new Set(read.flatMap(({ pattern }) => pattern.topics))];
    await whenKafkaAnswers(() => connection.ensureTopics(topics));
    for (const { pattern, handler } of read) {
      const consumer = new BatchConsumer(connection, {
        groupId: groupIdOf(pattern),
        topics: pattern.topics,
        runner: this.options.runnerOf(pattern, (batch) => callNest(handler, batch)),
        onFatal: this.options.onFatal,
        onLog: this.options.onLog,
      });
      this.consumers.push(consumer);
      this.options.onConsumer(consumer, pattern);
    }
    await Promise.all(this.consumers.map((consumer) => whenKafkaAnswers(() => consumer.start())));
  }
}

/** The group's id is the stage and what it reads: `normalise.absence`, `publish.canonical+access` (design §2). */
export function groupIdOf({ stage, topics }: Pick<BatchPattern, 'stage' | 'topics'>): string {
  const read = topics.map((topic) => topic.replace(/^source\./, '').replace(/\.events$/, ''));
  return `${stage}.${read.join('+')}`;
}

async function callNest(handler: MessageHandler, batch: unknown): Promise<void> {
  const result: unknown = await handler(batch, undefined);
  if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
}
