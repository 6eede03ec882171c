import type { Admin } from 'kafkajs';
import { topicRow } from '#canonical';
import { KafkaBusy, whenAnswered } from './kafka-busy.js';
import type { KafkaOptions } from './kafka-options.js';
import { Kafka, logLevel } from './kafkajs/kafkajs.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const GONE_KEPT_DAYS = 30;
const FOR_GOOD_MS = -1;
const CONNECTION_TIMEOUT_MS = 3_000;
const TOPIC_LIMIT_MS = 10_000;
const TOPIC_POLL_MS = 100;
const REQUEST_TIMEOUT_MS = 10_000;

/** How far a consumer group is behind one partition's end. */
export interface LaneLag {
  readonly topic: string;
  readonly partition: number;
  readonly committed: number;
  readonly end: number;
  readonly lag: number;
}

/** One cluster: names with the prefix, topics from the table, group lag. */
export class KafkaConnection {
  readonly client: Kafka;
  private readonly prefix: string;
  private sharedAdmin: Promise<Admin> | undefined;

  constructor(readonly options: KafkaOptions) {
    this.prefix = options.prefix ?? '';
    this.client = new Kafka({
      clientId: options.clientId,
      brokers: [...options.brokers],
      ssl: options.tls ?? false,
      ...(options.username && {
        sasl: {
          mechanism: 'plain',
          username: options.username,
          password: options.password ?? '',
        },
      }),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      authenticationTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
      logLevel: logLevel.WARN,
      logCreator:
        () =>
        ({ level, log, namespace }) =>
          options.onLog?.(
            level <= logLevel.ERROR ? 'error' : 'warn',
            `${namespace}: ${log.message}`,
          ),
    });
  }

  /** The name that a topic or group of ours has on this cluster. */
  wire(name: string): string {
    return this.prefix + name;
  }

  /** The name that we know a topic of this cluster by. */
  ours(wireName: string): string {
    return wireName.startsWith(this.prefix) ? wireName.slice(this.prefix.length) : wireName;
  }

  /** Makes the topics that are missing, as the table of topics says. A name that the table does not know is a fault of ours. */
  async ensureTopics(names: readonly string[]): Promise<void> {
    const topics = names.map((name) => {
      const row = topicRow(name);
      if (!row)
        throw new Error(`The topic ${name} is not in the table of topics (libs/canonical).`);
      const compacted = row.retentionDays === null;
      return {
        topic: this.wire(name),
        numPartitions: row.partitions === 'one' ? 1 : this.options.partitions,
        replicationFactor: this.options.replication,
        configEntries: [
          { name: 'cleanup.policy', value: compacted ? 'compact' : 'delete' },
          {
            name: 'retention.ms',
            value: String(row.retentionDays ? row.retentionDays * DAY_MS : FOR_GOOD_MS),
          },
          // A reader that was cut off for less than this still hears that a key is gone.
          { name: 'delete.retention.ms', value: String(GONE_KEPT_DAYS * DAY_MS) },
        ],
      };
    });
    const admin = await this.admin();
    const present = new Set(await whenAnswered(admin.listTopics()));
    const missing = topics.filter(({ topic }) => !present.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({ topics: missing, waitForLeaders: false }).catch(ignoreAlreadyMade);
    await this.untilLed(missing.map(({ topic }) => topic));
  }

  /** A topic just made, by us or by another process at the same moment, is unknown here and there for a while. */
  private async untilLed(topics: string[]): Promise<void> {
    const admin = await this.admin();
    await untilNo(async () => {
      const { topics: known } = await admin.fetchTopicMetadata({ topics });
      if (!known.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) {
        throw new KafkaBusy(`Kafka made no leader for ${topics.join(', ')}.`);
      }
    });
  }

  /** First and last offset of each partition: `low` is the oldest kept, `high` the next to be written. */
  async topicOffsets(topic: string): Promise<{ partition: number; low: number; high: number }[]> {
    const admin = await this.admin();
    // kafkajs asks for the low and the high marks at once and stumbles over a topic whose leaders are just being made.
    const offsets = await untilNo(() => admin.fetchTopicOffsets(this.wire(topic)));
    return offsets
      .map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }))
      .sort((a, b) => a.partition - b.partition);
  }

  /** For each partition the offset of the first record that was written at an instant or later; its end where none was. */
  async offsetsSince(
    topic: string,
    instant: Date,
  ): Promise<{ partition: number; offset: number }[]> {
    const admin = await this.admin();
    const offsets = await admin.fetchTopicOffsetsByTimestamp(this.wire(topic), instant.getTime());
    return offsets.map(({ partition, offset }) => ({ partition, offset: Number(offset) }));
  }

  async clusterId(): Promise<string> {
    const admin = await this.admin();
    return (await whenAnswered(admin.describeCluster())).clusterId;
  }

  /** How far a group is behind; a group that never committed is behind by all that is kept. */
  async groupLag(groupId: string, topics: readonly string[]): Promise<LaneLag[]> {
    const admin = await this.admin();
    const committed = await admin.fetchOffsets({
      groupId: this.wire(groupId),
      topics: topics.map((topic) => this.wire(topic)),
    });
    const lags: LaneLag[] = [];
    for (const { topic, partitions } of committed) {
      const name = this.ours(topic);
      for (const { partition, low, high } of await this.topicOffsets(name)) {
        const offset = Number(partitions.find((p) => p.partition === partition)?.offset ?? -1);
        const at = offset < 0 ? low : offset;
        lags.push({
          topic: name,
          partition,
          committed: at,
          end: high,
          lag: Math.max(0, high - at),
        });
      }
    }
    return lags;
  }

  async close(): Promise<void> {
    const admin = await this.sharedAdmin?.catch(() => undefined);
    this.sharedAdmin = undefined;
    await admin?.disconnect();
  }

  /** One admin client for the process; a connection that could not be made is tried anew by the next caller. */
  admin(): Promise<Admin> {
    this.sharedAdmin ??= this.connectAdmin().catch((error: unknown) => {
      this.sharedAdmin = undefined;
      throw error;
    });
    return this.sharedAdmin;
  }

  private async connectAdmin(): Promise<Admin> {
    const admin = this.client.admin();
    await admin.connect();
    return admin;
  }
}

/** Asks again until nothing is thrown, for as long as a new topic may take to be known everywhere. */
async function untilNo<T>(ask: () => Promise<T>): Promise<T> {
  const ends = Date.now() + TOPIC_LIMIT_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > ends) throw error;
      await new Promise((resolve) => setTimeout(resolve, TOPIC_POLL_MS));
    }
  }
}

/** Two processes may make the same topics at the same moment. */
function ignoreAlreadyMade(error: unknown): void {
  const faults = (error as { errors?: { type?: string }[] }).errors ?? [error as { type?: string }];
  if (!faults.every(({ type }) => type === 'TOPIC_ALREADY_EXISTS')) throw error;
}
