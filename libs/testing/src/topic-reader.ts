import { randomBytes } from 'node:crypto';
import type { Admin, Consumer, EachBatchPayload, IHeaders, Kafka } from 'kafkajs';

/** A record as it lies in a topic, with key and value as text. */
export interface ReadBack {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Record<string, string>;
}

/** The broker answers at once when there is anything, else after this time: it bounds how long `stop` takes. */
const FETCH_WAIT_MS = 250;
const READ_LIMIT_MS = 15_000;

/**
 * What lies in topics, for specs that look again and again. Each topic is followed from its beginning by one consumer for as long as the
 * spec lasts: to join a group anew for every look took 150 ms, and a look at a topic that is followed takes 6.
 */
export class TopicReader {
  private readonly admin: Promise<Admin>;
  private readonly followed = new Map<string, Promise<FollowedTopic>>();

  constructor(private readonly kafka: Kafka) {
    const admin = kafka.admin();
    this.admin = admin.connect().then(() => admin);
    this.admin.catch(() => undefined); // whoever reads is told
  }

  /** All that lies in a topic now, in order per partition. Rejects when there is no such topic. */
  async readAll(topic: string): Promise<ReadBack[]> {
    const lanes = (await (await this.admin).fetchTopicOffsets(topic)).map((lane) => {
      return { partition: lane.partition, low: Number(lane.low), high: Number(lane.high) };
    });
    const filled = lanes.filter(({ low, high }) => high > low);
    if (filled.length === 0) return [];
    let following = this.followed.get(topic);
    if (following === undefined) {
      following = FollowedTopic.begin(this.kafka, topic);
      this.followed.set(topic, following);
    }
    return (await following).upTo(filled);
  }

  async stop(): Promise<void> {
    const ends = [...this.followed.values()].map(async (topic) => (await topic).stop());
    await Promise.all([...ends, this.admin.then((admin) => admin.disconnect())]);
  }
}

interface Lane {
  readonly partition: number;
  readonly low: number;
  readonly high: number;
}

class FollowedTopic {
  private readonly records: ReadBack[] = [];
  private readonly next = new Map<number, number>();
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly topic: string,
    private readonly consumer: Consumer,
  ) {}

  static async begin(kafka: Kafka, topic: string): Promise<FollowedTopic> {
    const groupId = `${topic}.read-${randomBytes(4).toString('hex')}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: FETCH_WAIT_MS });
    const followed = new FollowedTopic(topic, consumer);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: (payload) => Promise.resolve(followed.take(payload)),
    });
    return followed;
  }

  /** Resolves once all that lies below `high` has been read. What no longer lies in the topic is left out. */
  async upTo(lanes: readonly Lane[]): Promise<ReadBack[]> {
    const ends = Date.now() + READ_LIMIT_MS;
    while (lanes.some(({ partition, high }) => (this.next.get(partition) ?? 0) < high)) {
      if (Date.now() > ends) throw new Error(`Reading ${this.topic} took too long.`);
      await this.nextBatch(ends - Date.now());
    }
    const low = new Map(lanes.map((lane) => [lane.partition, lane.low]));
    return this.records
      .filter(({ partition, offset }) => offset >= (low.get(partition) ?? 0))
      .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
  }

  stop(): Promise<void> {
    return this.consumer.disconnect();
  }

  /** A consumer that kafkajs starts anew reads from the beginning again. */
  private take({ batch }: EachBatchPayload): void {
    const { partition } = batch;
    const next = this.next.get(partition) ?? 0;
    const fresh = batch.messages.filter(({ offset }) => Number(offset) >= next);
    this.records.push(...fresh.map((message) => readBack(partition, message)));
    this.next.set(partition, Math.max(next, Number(batch.lastOffset()) + 1));
    for (const wake of this.waiting) wake();
  }

  private async nextBatch(limitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let wake: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      this.waiting.add(resolve);
      timer = setTimeout(resolve, limitMs);
    });
    this.waiting.delete(wake!);
    clearTimeout(timer);
  }
}

function readBack(
  partition: number,
  message: { offset: string; key: Buffer | null; value: Buffer | null; headers?: IHeaders },
): ReadBack {
  const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [
    name,
    String(value ?? ''),
  ]);
  return {
    partition,
    offset: Number(message.offset),
    key: message.key?.toString('utf8') ?? null,
    value: message.value?.toString('utf8') ?? null,
    headers: Object.fromEntries(headers) as Record<string, string>,
  };
}
