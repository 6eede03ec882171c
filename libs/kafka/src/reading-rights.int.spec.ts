import { ownServices, startFaultProxy, type FaultProxy, type OwnServices } from '#testing';
import { DEFAULT_KAFKA_OPTIONS, KafkaConnection, ReadingRights } from './index.js';

const LIMIT_MS = 60_000;
const OWN = { topics: /^huvudman\.\w+\.events$/, groupPrefixes: /^huvudman\.\w+\.$/ };
const right = (clientId: string) => ({
  clientId,
  topic: 'huvudman.malmo00001.events',
  groupPrefix: 'huvudman.malmo00001.',
});

describe('the rights to read a topic', () => {
  let services: OwnServices;
  const connections: KafkaConnection[] = [];

  const connect = (brokers: string) => {
    const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = services.environment;
    const prefix = services.prefix;
    const connection = new KafkaConnection({ ...DEFAULT_KAFKA_OPTIONS, brokers: brokers.split(','), clientId: 'spec', username, password, prefix }); // prettier-ignore
    connections.push(connection);
    return connection;
  };

  beforeAll(async () => (services = await ownServices('reading-rights')));
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await services?.stop();
  });

  it('are given and withdrawn once, and asked for again nothing is done', async () => {
    const rights = new ReadingRights(connect(services.environment.KAFKA_BROKERS!), OWN);
    const counts = async (...clients: string[]) => {
      const { given, withdrawn } = await rights.follow(() => clients.map(right));
      return [given.length, withdrawn.length];
    };
    expect(await counts('a', 'b', 'b')).toEqual([6, 0]);
    expect(await counts('b', 'a')).toEqual([0, 0]);
    expect(await counts('b', 'c')).toEqual([3, 3]);
    expect(await counts()).toEqual([0, 6]);
    expect(await counts()).toEqual([0, 0]);
  });

  it(
    'are not given while no broker answers, and are when it does',
    async () => {
      const [host = '', port] = services.environment.KAFKA_BROKERS!.split(',')[0]!.split(':');
      const target = { host, port: Number(port) };
      const reserved: FaultProxy = await startFaultProxy({ target });
      await reserved.stop();
      const rights = new ReadingRights(connect(`${host}:${reserved.port}`), OWN);
      await expect(rights.follow(() => [right('late')])).rejects.toThrow();
      const proxy = await startFaultProxy({ target, port: reserved.port });
      try {
        const { given } = await rights.follow(() => [right('late')]);
        expect(given).toHaveLength(3);
        await rights.follow(() => []);
      } finally {
        await proxy.stop();
      }
    },
    LIMIT_MS,
  );
});
