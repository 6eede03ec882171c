import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { allowNullHeaders, eventually, ownServices, type OwnServices } from '#testing';
import {
  BatchConsumer,
  DEFAULT_KAFKA_OPTIONS,
  EventProducer,
  KafkaBatchServer,
  KafkaBusy,
  KafkaConnection,
  type LaneRunner,
  type LaneVerdict,
  type RawBatch,
} from './index.js';

const TOPIC = 'source.elevregister';

const { CompressionCodecs, CompressionTypes, KafkaJSNotImplemented } = kafkajs;

describe('a consumer of whole batches', () => {
  let services: OwnServices;
  let connection: KafkaConnection;
  const consumers: BatchConsumer[] = [];

  const connect = (changes: object = {}) =>
    new KafkaConnection({
      ...DEFAULT_KAFKA_OPTIONS,
      brokers: services.environment.KAFKA_BROKERS!.split(','),
      username: services.environment.KAFKA_USERNAME,
      password: services.environment.KAFKA_PASSWORD,
      clientId: 'spec',
      prefix: `${services.prefix}${randomUUID()}.`,
      partitions: 2,
      ...changes,
    });
  const consume = async (
    runner: Partial<LaneRunner>,
    onFatal: (says: string) => void = () => undefined,
  ) => {
    const consumer = new BatchConsumer(connection, {
      groupId: 'spec',
      topics: [TOPIC],
      runner: { assigned: () => Promise.resolve([]), process: done, ...runner },
      onFatal,
      onLog: () => undefined,
    });
    consumers.push(consumer);
    await consumer.start();
    return consumer;
  };
  const done = (batch: RawBatch): Promise<LaneVerdict> =>
    Promise.resolve({ kind: 'done', nextOffset: batch.nextOffset });

  beforeAll(async () => {
    allowNullHeaders();
    services = await ownServices('kafka');
  });
  beforeEach(async () => {
    connection = connect();
    await connection.ensureTopics([TOPIC]);
  });
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    await connection.close();
  });
  afterAll(async () => services?.stop());

  const send = async (...values: string[]) => {
    const producer = new EventProducer(connection);
    await producer.send(
      values.map((value) => ({ topic: TOPIC, key: 'one-key', headers: {}, value })),
    );
    await producer.close();
  };

  it('hands over null and doubled headers and null values as they lie in the log', async () => {
    const seen: RawBatch['records'][number][] = [];
    await consume({
      process: (batch) => {
        seen.push(...batch.records);
        return done(batch);
      },
    });
    const producer = connection.client.producer();
    await producer.connect();
    await producer.send({
      topic: connection.wire(TOPIC),
      messages: [
        { key: 'k', value: null, headers: { empty: null as unknown as string, twice: ['a', 'b'] } },
      ],
    });
    await producer.disconnect();
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen[0]!.value).toBeNull();
    expect(seen[0]!.headers['empty']).toBeNull();
    expect(String(seen[0]!.headers['twice'])).toBe('a,b');
  });

  it('reads again what was abandoned, and goes where the runner says', async () => {
    const offsets: number[] = [];
    let sought = false;
    await consume({
      process: (batch) => {
        offsets.push(...batch.records.map(({ offset }) => offset));
        if (offsets.length < 3) return Promise.resolve({ kind: 'abandoned' });
        if (sought) return done(batch);
        sought = true;
        return Promise.resolve({ kind: 'seek', offset: 1 });
      },
    });
    await send('0', '1', '2');
    await eventually(() => expect(sought && offsets.at(-1)).toBe(2));
    const afterSeek = offsets.slice(offsets.length - 2);
    expect(afterSeek).toEqual([1, 2]);
  });

  it('stands still on one lane only, and says so to readiness', async () => {
    const consumer = await consume({
      process: (batch) =>
        batch.records.some(({ value }) => String(value) === 'stop')
          ? Promise.resolve({ kind: 'stopped', says: 'Lane 1 stands still: do this.' })
          : done(batch),
    });
    await eventually(() => expect(consumer.health.ok).toBe(true));
    await send('stop');
    await eventually(() =>
      expect(consumer.health).toMatchObject({ ok: false, says: 'Lane 1 stands still: do this.' }),
    );
  });

  it('keeps its place in the group while one batch takes longer than a heartbeat', async () => {
    let calls = 0;
    const consumer = await consume({
      process: async (batch) => {
        calls++;
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        return done(batch);
      },
    });
    await send('slow');
    await eventually(async () => {
      const [lane] = (await connection.groupLag('spec', [TOPIC])).filter(({ end }) => end > 0);
      expect(lane).toMatchObject({ lag: 0, end: 1 });
    });
    expect(calls).toBe(1);
    expect(consumer.health.ok).toBe(true);
  });

  it('is not ready, is rebuilt, and in the end gives up when kafkajs has given it up for good', async () => {
    // A codec that this process cannot read is the one error that kafkajs never retries by itself.
    const producer = connection.client.producer();
    await producer.connect();
    await producer.send({
      topic: connection.wire(TOPIC),
      compression: CompressionTypes.GZIP,
      messages: [{ key: 'k', value: 'unreadable here' }],
    });
    await producer.disconnect();
    const codec = CompressionCodecs[CompressionTypes.GZIP];
    CompressionCodecs[CompressionTypes.GZIP] = () => ({
      compress: () => Promise.reject(new Error('not asked for here')),
      decompress: () => Promise.reject(new KafkaJSNotImplemented()),
    });
    const fatal: string[] = [];
    const consumer = await consume({}, (says) => fatal.push(says));
    await eventually(() => expect(consumer.health.ok).toBe(false));
    await eventually(() => expect(fatal[0]).toContain('crashed 5 times'), 50_000);
    CompressionCodecs[CompressionTypes.GZIP] = codec;
  }, 60_000);
});

describe('the transport', () => {
  it('refuses to start without a handler: it would lose events unseen', async () => {
    const server = new KafkaBatchServer({
      connection: undefined as unknown as KafkaConnection,
      reads: () => true,
      whenKafkaAnswers: (work) => work(),
      runnerOf: () => undefined as unknown as LaneRunner,
      onConsumer: () => undefined,
      onFatal: () => undefined,
      onLog: () => undefined,
    });
    const error = await new Promise((resolve) => server.listen(resolve));
    expect(String(error)).toContain('No batch handler is registered');
  });
});

describe('the producer', () => {
  let services: OwnServices;
  beforeAll(async () => {
    services = await ownServices('producer');
  });
  afterAll(async () => services?.stop());

  it('refuses within its time when no broker answers, and does not wait without bound', async () => {
    const connection = new KafkaConnection({
      ...DEFAULT_KAFKA_OPTIONS,
      brokers: ['127.0.0.1:1'],
      clientId: 'spec',
      producerTimeoutMs: 1_000,
    });
    const producer = new EventProducer(connection);
    const sends = [1, 2, 3].map(() =>
      producer.send([{ topic: TOPIC, key: 'k', headers: {}, value: '{}' }]),
    );
    for (const send of sends) await expect(send).rejects.toBeInstanceOf(KafkaBusy);
    expect(producer.bufferedBytes).toBe(0);
    await producer.close();
  });

  it('splits what is too large for one request by bytes, and keeps its order', async () => {
    const connection = new KafkaConnection({
      ...DEFAULT_KAFKA_OPTIONS,
      brokers: services.environment.KAFKA_BROKERS!.split(','),
      username: services.environment.KAFKA_USERNAME,
      password: services.environment.KAFKA_PASSWORD,
      clientId: 'spec',
      prefix: services.prefix,
    });
    await connection.ensureTopics([TOPIC]);
    const producer = new EventProducer(connection);
    const records = Array.from({ length: 60 }, (_, index) => ({
      topic: TOPIC,
      key: 'k',
      headers: { number: String(index) },
      value: 'x'.repeat(50_000),
    }));
    await producer.send(records);
    const read = await services.readAll(TOPIC);
    expect(read.map(({ headers }) => Number(headers['number']))).toEqual(records.map((_, i) => i));
    await producer.close();
    await connection.close();
  });
});
