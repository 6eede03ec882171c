import { EventProducer } from './event-producer.js';
import { KafkaBusy } from './kafka-busy.js';
import { KafkaConnection } from './kafka-connection.js';
import { DEFAULT_KAFKA_OPTIONS } from './kafka-options.js';

const RECORD = { topic: 'trail', key: 'k', headers: {}, value: '{}' };

/** A connection whose producer tells how many requests go on at once, and never gets to a broker. */
function watched(
  answer: () => Promise<void>,
  producerTimeoutMs = 5_000,
  producerBufferBytesMax: number = DEFAULT_KAFKA_OPTIONS.producerBufferBytesMax,
) {
  const connection = new KafkaConnection({
    ...DEFAULT_KAFKA_OPTIONS,
    brokers: ['127.0.0.1:1'],
    clientId: 'spec',
    producerTimeoutMs,
    producerBufferBytesMax,
  });
  const clock = { aheadMs: 0 };
  const counts = { now: 0, most: 0, sent: 0 };
  const make = connection.client.producer.bind(connection.client);
  connection.client.producer = (options) => {
    const producer = make(options);
    producer.connect = () => Promise.resolve();
    producer.sendBatch = async () => {
      counts.most = Math.max(counts.most, ++counts.now);
      counts.sent++;
      await answer().finally(() => counts.now--);
      return [];
    };
    return producer;
  };
  const producer = new EventProducer(connection, () => Date.now() + clock.aheadMs);
  return { producer, counts, clock };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('the way out to Kafka', () => {
  it('has one request under way at a time, and what came meanwhile goes together: two would share sequence numbers when one fails', async () => {
    const { producer, counts } = watched(() => pause(5));
    await Promise.all(Array.from({ length: 8 }, () => producer.send([RECORD])));
    expect(counts).toEqual({ now: 0, most: 1, sent: 2 });
  });

  it('lets the next one through when one has failed', async () => {
    let failures = 1;
    const { producer } = watched(() =>
      failures-- > 0 ? Promise.reject(new Error('reset')) : pause(1),
    );
    const first = producer.send([RECORD]);
    const second = producer.send([RECORD]);
    await expect(first).rejects.toThrow(KafkaBusy);
    await expect(second).resolves.toBeUndefined();
  });

  it('keeps nobody waiting longer than one request may take, however many wait', async () => {
    const { producer } = watched(() => pause(1_000), 200);
    const startedMs = performance.now();
    const calls = Array.from({ length: 5 }, () => producer.send([RECORD]));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(performance.now() - startedMs).toBeLessThan(600);
  });

  it('is not well once Kafka has acknowledged nothing for a while, and well again with the next acknowledgement', async () => {
    let isAway = true;
    const { producer, clock } = watched(() =>
      isAway ? Promise.reject(new Error('reset')) : Promise.resolve(),
    );
    await expect(producer.send([RECORD])).rejects.toThrow(KafkaBusy);
    expect(producer.health.ok).toBe(true);
    clock.aheadMs = 11_000;
    expect(producer.health.ok).toBe(false);
    isAway = false;
    await producer.send([RECORD]);
    expect(producer.health.ok).toBe(true);
  });

  it('is not well while what it refuses is all that is sent', async () => {
    const { producer, clock } = watched(() => pause(300), 5_000, 1_000);
    const large = { ...RECORD, value: 'x'.repeat(900) };
    const first = producer.send([large]);
    await expect(producer.send([large])).rejects.toThrow('Too much waits');
    clock.aheadMs = 11_000;
    expect(producer.health.ok).toBe(false);
    await first;
    expect(producer.health.ok).toBe(true);
  });
});
