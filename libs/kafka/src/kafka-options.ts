/** How to reach a Kafka cluster. Read from the environment by `#stage`; libs/kafka itself reads no settings. */
export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: boolean;
  /** Put before every topic and group name, so that several hubs (or tests) can share a cluster. */
  readonly prefix?: string;
  /** Partitions of a topic that may have many. It cannot be changed later without breaking the order per key. */
  readonly partitions: number;
  readonly replication: number;
  readonly producerTimeoutMs: number;
  /** What may wait for acknowledgement at once before `send` refuses with `KafkaBusy`. */
  readonly producerBufferBytesMax: number;
  /** kafkajs's own words: level, what, and nothing of any record. */
  readonly onLog?: (level: 'error' | 'warn', says: string) => void;
}

export const DEFAULT_KAFKA_OPTIONS = {
  partitions: 6,
  replication: 1,
  producerTimeoutMs: 15_000,
  producerBufferBytesMax: 64 * 1024 * 1024,
} as const;
