import { randomUUID } from 'node:crypto';
import { eventually, ownServices, type OwnServices } from '#testing';
import { BatchConsumer, DEFAULT_KAFKA_OPTIONS, EventProducer, KafkaConnection } from './index.js';
import { Kafka, logLevel } from './kafkajs/kafkajs.js';
import { requireKafkajs } from './kafkajs/kafkajs-release.js';

const TOPIC = 'source.elevregister';
/** Tells the member that goes away from the one that stays. */
const GONE_SESSION_MS = 15_001;
const GONE = 'goes';
/** How long the broker waits for the leader: more than a request may take (10 s), or nobody could give up too soon; less than in operation. */
const REBALANCE_MS = 13_000;
/** The second to join: well within the time that the broker waits for more members of a new group (100 ms here). */
const BEHIND_MS = 20;
const LIMIT_MS = 60_000;

interface Broker {
  joinGroup(asked: { sessionTimeout: number; rebalanceTimeout: number }): Promise<unknown>;
  syncGroup(asked: { memberId: string }): Promise<unknown>;
}

/** Two members join in one round, first the one that then never divides the lanes: it is the leader, and it is gone. */
function letLeaderGo(): { readonly other: Promise<void>; undo(): void } {
  const { prototype } = requireKafkajs('kafkajs/src/broker/index.js') as { prototype: Broker };
  const own = { ...Object.fromEntries((['joinGroup', 'syncGroup'] as const).map((name) => [name, Reflect.get(prototype, name)])) } as unknown as Broker; // prettier-ignore
  const gone = Promise.withResolvers<void>();
  const other = Promise.withResolvers<void>();
  prototype.joinGroup = async function (this: Broker, wanted) {
    const asked = { ...wanted, rebalanceTimeout: REBALANCE_MS };
    if (asked.sessionTimeout === GONE_SESSION_MS) {
      const joined = own.joinGroup.call(this, asked);
      setTimeout(gone.resolve, BEHIND_MS);
      return joined;
    }
    other.resolve();
    await gone.promise;
    return own.joinGroup.call(this, asked);
  };
  prototype.syncGroup = function (this: Broker, asked) {
    if (!asked.memberId.startsWith(GONE)) return own.syncGroup.call(this, asked);
    return new Promise(() => undefined);
  };
  return { other: other.promise, undo: () => Object.assign(prototype, own) };
}

describe('a group whose leader goes away between joining and dividing the lanes', () => {
  let services: OwnServices;

  beforeAll(async () => (services = await ownServices('gone-leader')));
  afterAll(async () => services?.stop());

  it(
    'is read by the others once the broker has dropped the leader; none of them crashes',
    async () => {
      const credentials = {
        brokers: services.environment.KAFKA_BROKERS!.split(','),
        username: services.environment.KAFKA_USERNAME!,
        password: services.environment.KAFKA_PASSWORD!,
      };
      const prefix = `${services.prefix}${randomUUID()}.`;
      const connection = new KafkaConnection({
        ...DEFAULT_KAFKA_OPTIONS,
        ...credentials,
        clientId: 'stays',
        prefix,
        partitions: 2,
      });
      await connection.ensureTopics([TOPIC]);
      const producer = new EventProducer(connection);
      await producer.send([{ topic: TOPIC, key: 'one-key', headers: {}, value: 'kept' }]);
      await producer.close();
      const said: string[] = [];
      let read = 0;
      const consumer = new BatchConsumer(connection, {
        groupId: 'spec',
        topics: [TOPIC],
        runner: {
          assigned: () => Promise.resolve([]),
          process: ({ records, nextOffset }) => {
            read += records.length;
            return Promise.resolve({ kind: 'done', nextOffset });
          },
        },
        onFatal: (says) => said.push(says),
        onLog: (level, says) => level !== 'info' && said.push(says),
      });
      const { brokers, username, password } = credentials;
      const leader = new Kafka({
        clientId: GONE,
        brokers,
        sasl: { mechanism: 'plain', username, password },
        logLevel: logLevel.NOTHING,
      }).consumer({ groupId: connection.wire('spec'), sessionTimeout: GONE_SESSION_MS });
      const { other, undo } = letLeaderGo();
      try {
        await leader.connect();
        await leader.subscribe({ topics: [connection.wire(TOPIC)] });
        const started = consumer.start();
        await other;
        void leader.run({ eachMessage: () => Promise.resolve() }).catch(() => undefined);
        await started;
        await eventually(() => expect(read).toBe(1), LIMIT_MS);
        expect(said).toEqual([]);
      } finally {
        undo();
        await consumer.stop();
        void leader.disconnect().catch(() => undefined);
        await connection.close();
      }
    },
    LIMIT_MS + 10_000,
  );
});
