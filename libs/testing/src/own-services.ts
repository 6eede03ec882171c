import { randomBytes } from 'node:crypto';
import { Kafka, Partitioners, logLevel, type IHeaders } from 'kafkajs';
import pg from 'pg';
import { sharedServices } from './testing.config.js';
import { TopicReader, type ReadBack } from './topic-reader.js';

/** A corner of the shared test services that belongs to one spec: a database and a topic prefix of its own. */
export interface OwnServices {
  /** What a stage's configuration reads; give it to `bootStage({ environment })`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly prefix: string;
  readonly databaseUrl: string;
  readonly kafka: Kafka;
  /** One statement on the spec's database. */
  query<Row>(text: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** Writes records as they are, null values and headers included. */
  produce(topic: string, records: readonly TestRecord[]): Promise<void>;
  /** All that lies in a topic now, in order per partition. */
  readAll(topic: string): Promise<ReadBack[]>;
  stop(): Promise<void>;
}

export interface TestRecord {
  readonly key: string | null;
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer | null | readonly string[]>>;
  readonly partition?: number;
  /** When it was written, in milliseconds since 1970; now if left out. */
  readonly timestamp?: string;
}

/** Needs the services that Jest's global set-up started (test/services.global-setup.mjs). */
export async function ownServices(name: string): Promise<OwnServices> {
  const shared = sharedServices();
  const id = `${name}-${randomBytes(4).toString('hex')}`.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  const database = id.replaceAll('-', '_');
  await onDatabase(shared.DATABASE_URL, (client) => client.query(`create database "${database}"`));
  const url = new URL(shared.DATABASE_URL);
  url.pathname = `/${database}`;
  const prefix = `${id}.`;
  const kafka = new Kafka({
    clientId: 'spec',
    brokers: shared.KAFKA_BROKERS.split(','),
    logLevel: logLevel.NOTHING,
    ...(shared.KAFKA_USERNAME && {
      sasl: {
        mechanism: 'plain',
        username: shared.KAFKA_USERNAME,
        password: shared.KAFKA_PASSWORD,
      },
    }),
  });
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  const reader = new TopicReader(kafka);
  const pool = new pg.Pool({ connectionString: url.href, max: 4 });
  pool.on('error', () => undefined);
  return {
    environment: {
      ...shared,
      DATABASE_URL: url.href,
      KAFKA_PREFIX: prefix,
      KAFKA_PARTITIONS: '2',
      IDENTITY_KEY: Buffer.alloc(32, 1).toString('base64'),
      MASTER_KEYS: `test:${Buffer.alloc(32, 2).toString('base64')}`,
      HTTP_PORT: '0',
      LOG_LEVEL: 'error',
    },
    prefix,
    databaseUrl: url.href,
    kafka,
    query: async <Row>(text: string, parameters: readonly unknown[] = []) =>
      (await pool.query(text, [...parameters])).rows as Row[],
    produce: async (topic, records) => {
      await producer.send({
        topic: prefix + topic,
        acks: -1,
        messages: records.map((record) => ({ ...record, headers: record.headers as IHeaders })),
      });
    },
    readAll: (topic) => reader.readAll(prefix + topic),
    stop: async () => {
      await Promise.all([producer.disconnect(), reader.stop()]);
      await pool.end();
    },
  };
}

async function onDatabase(
  url: string,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
