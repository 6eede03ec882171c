import type { Producer } from 'kafkajs';
import { Acknowledgements } from './acknowledgements.js';
import type { KafkaConnection } from './kafka-connection.js';
import { KafkaBusy } from './kafka-busy.js';
import { partitionOf } from './kafkajs/partition-of.js';
import { RequestQueue } from './request-queue.js';

export interface OutgoingRecord {
  /** Our name of the topic, without the prefix. */
  readonly topic: string;
  /** Always set: without a key a retry could land on another partition (standards/reliability.md §1.3). */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Null is a tombstone on a compacted topic. */
  readonly value: string | null;
}

/** One request stays well below the broker's limit for a message set. Bounded by bytes, since records differ in size. */
const REQUEST_BYTES_MAX = 768 * 1024;
/** Some forty events: a whole batch, or a part of a stream, has no need of company. */
const GATHER_BYTES_MAX = 64 * 1024;
const HEADER_BYTES_GUESS = 500;

/**
 * The one way out to Kafka: idempotent, acknowledged by all replicas, bounded in memory. `send` resolves when every record is
 * acknowledged and rejects with `KafkaBusy` when Kafka is away or too much is waiting; records of a rejected call may have been
 * stored all the same, so whoever sends again sends the same ids. The order of the records of one call is kept; two calls at once
 * for one key may change places, so a caller who needs order awaits.
 */
export class EventProducer {
  private producer: Promise<Producer> | undefined;
  private waitingBytes = 0;
  private closed = false;
  /**
   * One request at a time, its retries included. When a request fails, kafkajs takes back its sequence numbers and waits before it
   * tries again; another one that goes out meanwhile gets the same numbers, and the broker, which may have stored the first, takes
   * the second for a repeat and acknowledges what it never stores. (kafkajs sends one at a time to a broker in any case.)
   */
  private readonly queue: RequestQueue<OutgoingRecord>;
  private readonly acknowledgements: Acknowledgements;

  constructor(
    private readonly connection: KafkaConnection,
    nowMs: () => number = Date.now,
  ) {
    this.acknowledgements = new Acknowledgements(nowMs);
    this.queue = new RequestQueue({
      send: (records, limitMs) => this.sendRequest(records, limitMs),
      bytesOf,
      bytesMax: REQUEST_BYTES_MAX,
      gatherBytesMax: GATHER_BYTES_MAX,
      limitMs: connection.options.producerTimeoutMs,
    });
  }

  /** Bytes that wait for acknowledgement now. */
  get bufferedBytes(): number {
    return this.waitingBytes;
  }

  /** For readiness: does Kafka take what is sent, and if not, since when? Goes well again with the next acknowledgement. */
  get health(): { ok: boolean; says: string } {
    return this.acknowledgements.health;
  }

  /** @param gatherMs how long the records may wait for those of other calls, so that they go out together */
  async send(records: readonly OutgoingRecord[], gatherMs = 0): Promise<void> {
    if (records.length === 0) return;
    const bytes = records.reduce((sum, record) => sum + bytesOf(record), 0);
    const { producerBufferBytesMax } = this.connection.options;
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > producerBufferBytesMax) {
      this.acknowledgements.refuse();
      throw new KafkaBusy('Too much waits for Kafka’s acknowledgement; send again in a moment.');
    }
    this.waitingBytes += bytes;
    try {
      for (const request of splitByBytes(records)) {
        await this.acknowledgements.follow(this.queue.add(request, gatherMs));
      }
    } finally {
      this.waitingBytes -= bytes;
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.dispose(this.producer);
  }

  private async sendRequest(records: readonly OutgoingRecord[], limitMs: number): Promise<void> {
    if (this.closed) throw new KafkaBusy('This process is stopping; send again in a moment.');
    const messages = new Map<
      string,
      { key: string; value: string | null; headers: Record<string, string> }[]
    >();
    for (const { topic, key, value, headers } of records) {
      let list = messages.get(topic);
      if (!list) messages.set(topic, (list = []));
      list.push({ key, value, headers });
    }
    const topicMessages = [...messages].map(([topic, list]) => ({
      topic: this.connection.wire(topic),
      messages: list,
    }));
    const used = this.connected();
    try {
      await within(
        limitMs,
        used.then((producer) => producer.sendBatch({ acks: -1, topicMessages })),
      );
    } catch (error) {
      // After a failure the idempotent producer's numbering may disagree with the broker's: a new one starts clean. Others may have
      // failed with it, and one of them may already have begun the new one, so only the one that failed goes.
      void this.dispose(used);
      throw new KafkaBusy('Kafka did not acknowledge in time; send again in a moment.', {
        cause: error,
      });
    }
  }

  private connected(): Promise<Producer> {
    this.producer ??= this.connect();
    return this.producer;
  }

  private async connect(): Promise<Producer> {
    const producer = this.connection.client.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => partitionOf,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2_000 },
    });
    try {
      await within(this.connection.options.producerTimeoutMs, producer.connect());
    } catch (error) {
      void producer.disconnect().catch(() => undefined);
      throw error;
    }
    return producer;
  }

  private async dispose(used: Promise<Producer> | undefined): Promise<void> {
    if (this.producer === used) this.producer = undefined;
    const producer = await used?.catch(() => undefined);
    await producer?.disconnect().catch(() => undefined);
  }
}

function bytesOf({ key, value }: OutgoingRecord): number {
  return HEADER_BYTES_GUESS + key.length + (value?.length ?? 0);
}

function* splitByBytes(records: readonly OutgoingRecord[]): Generator<readonly OutgoingRecord[]> {
  let from = 0;
  let bytes = 0;
  for (let index = 0; index < records.length; index++) {
    const size = bytesOf(records[index]!);
    if (index > from && bytes + size > REQUEST_BYTES_MAX) {
      yield records.slice(from, index);
      from = index;
      bytes = 0;
    }
    bytes += size;
  }
  yield from === 0 ? records : records.slice(from);
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
