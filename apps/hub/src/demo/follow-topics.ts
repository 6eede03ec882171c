import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fromBinaryHeaders, type Envelope } from '#canonical';
import { BatchConsumer, type KafkaConnection, type RawBatch } from '#kafka';
import { HubError } from '../hub-error.js';

export interface FollowedEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly envelope: Envelope;
  readonly data: unknown;
}

const CATCH_UP_LIMIT_MS = 20_000;
const POLL_MS = 20;

/** Reads topics from their beginning and keeps all that they say: for a demo, whose topics are short. */
export class TopicFollower {
  readonly events: FollowedEvent[] = [];
  private readonly next = new Map<string, number>();
  private readonly consumer: BatchConsumer;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly topics: readonly string[],
  ) {
    this.consumer = new BatchConsumer(connection, {
      groupId: `demo.${randomUUID()}`,
      topics,
      runner: {
        assigned: () => Promise.resolve([]),
        process: (batch) => Promise.resolve(this.take(batch)),
      },
      onFatal: (says) => {
        throw new Error(says);
      },
      onLog: () => undefined,
    });
  }

  async start(): Promise<void> {
    await this.consumer.start();
  }

  async stop(): Promise<void> {
    await this.consumer.stop();
  }

  /** Resolves when all that lies in the topics now has been read. */
  async caughtUp(): Promise<void> {
    const ends = performance.now() + CATCH_UP_LIMIT_MS;
    for (const topic of this.topics) {
      for (const { partition, low, high } of await this.connection.topicOffsets(topic)) {
        while (high > low && (this.next.get(`${topic}/${partition}`) ?? low) < high) {
          if (performance.now() > ends) {
            throw new HubError(`The demo could not read ${topic} to its end: start it again.`);
          }
          await delay(POLL_MS);
        }
      }
    }
  }

  private take({ topic, partition, records, nextOffset }: RawBatch) {
    for (const { offset, headers, value } of records) {
      const read = fromBinaryHeaders(headers);
      if (!read.ok || value === null) continue;
      const data = JSON.parse(value.toString('utf8')) as unknown;
      this.events.push({ topic, partition, offset, envelope: read.envelope, data });
    }
    this.next.set(`${topic}/${partition}`, nextOffset);
    return { kind: 'done', nextOffset } as const;
  }
}
