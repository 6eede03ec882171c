import { createServer } from 'node:net';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { startLocalServices, type LocalServices } from '#local-services';
import { SeededRandom, startFaultProxy, type FaultProxy } from '#testing';
import { STAGE_NAMES, type Battlefield, type StageName } from './battlefield.js';
import { StageProcess } from './stage-processes.js';
import type { Town } from './town.js';

export interface HubOptions {
  readonly seed: number;
  /** Data and logs lie here. */
  readonly directory: string;
  /** The repository's built files: `dist`. */
  readonly built: string;
}

/** Takes what must be ended when the run is over; the last first. */
export type AtEnd = (end: () => Promise<unknown>) => void;

const FREE_PORTS = { kafkaClients: 0, kafkaController: 0, issuer: 0 };

/** Kafka and PostgreSQL with a fault proxy before each, and the issuer, all on free ports. */
export async function startServices(
  { directory, seed }: HubOptions,
  atEnd: AtEnd,
): Promise<{ services: LocalServices; proxies: FaultProxy[]; kafka: Kafka }> {
  const [kafkaPort, postgresPort] = [await freePort(), await freePort()];
  const random = new SeededRandom(seed + 4);
  const chance = () => random.next();
  const kafkaProxy = await startFaultProxy({ target: { port: kafkaPort }, random: chance });
  atEnd(() => kafkaProxy.stop());
  const postgresProxy = await startFaultProxy({ target: { port: postgresPort }, random: chance });
  atEnd(() => postgresProxy.stop());
  const services = await startLocalServices({
    directory: join(directory, 'services'),
    fresh: true,
    way: 'local',
    ports: { ...FREE_PORTS, kafka: kafkaPort, postgres: postgresPort },
    // Kafka's clients go where the broker says it is: through the proxy.
    kafkaAdvertisedPort: kafkaProxy.port,
  });
  atEnd(() => services.stop());
  const { username, password } = services.kafka;
  const kafka = new Kafka({
    clientId: 'prove-faults',
    brokers: [`127.0.0.1:${kafkaProxy.port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 10, maxRetryTime: 2_000 },
    sasl: { mechanism: 'plain', username: username ?? '', password: password ?? '' },
  });
  return { services, proxies: [kafkaProxy, postgresProxy], kafka };
}

interface Around {
  readonly services: LocalServices;
  readonly proxies: readonly FaultProxy[];
  readonly kafka: Kafka;
  readonly town: Town;
  readonly atEnd: AtEnd;
}

/** The stages, each as its own process; ingest first, since it makes the topics that the settings are written to. */
export async function startStages(
  options: HubOptions,
  { services, proxies, kafka, town, atEnd }: Around,
): Promise<Pick<Battlefield, 'stages' | 'seconds'>> {
  const around = { services, proxies, atEnd };
  const stageOf = (name: StageName, as?: string) => prepareStage(options, around, { name, as });
  const stages = {} as Record<StageName, StageProcess>;
  for (const name of STAGE_NAMES) stages[name] = await stageOf(name);
  const seconds = [
    await stageOf('normalise', 'normalise-2'),
    await stageOf('publish', 'publish-2'),
  ];
  stages.ingest.start();
  await stages.ingest.ready();
  await writeSettings(kafka, town);
  const others = STAGE_NAMES.filter((name) => name !== 'ingest').map((name) => stages[name]);
  for (const stage of others) stage.start();
  await Promise.all(others.map((stage) => stage.ready()));
  return { stages, seconds };
}

/** One process of a stage, on a port of its own; it is not started yet. */
async function prepareStage(
  { built, directory, seed }: HubOptions,
  { services, proxies, atEnd }: Pick<Around, 'services' | 'proxies' | 'atEnd'>,
  { name, as = name }: { readonly name: StageName; readonly as?: string | undefined },
): Promise<StageProcess> {
  const environment = stageEnvironment(services, proxies, seed);
  const main = name === 'normalise' ? 'test/prove/faults/throwing-normalise.js' : `apps/${name}/src/main.js`; // prettier-ignore
  const port = await freePort();
  const stage = new StageProcess({
    name: as,
    main: join(built, main),
    endWithParent: join(built, 'apps/hub/src/end-with-parent.js'),
    environment,
    directory,
    port,
  });
  atEnd(() => stage.stop());
  return stage;
}

function stageEnvironment(
  services: LocalServices,
  [kafkaProxy, postgresProxy]: readonly FaultProxy[],
  seed: number,
): Record<string, string> {
  const database = new URL(services.postgres.url);
  database.port = String(postgresProxy!.port);
  return {
    ...services.environment,
    KAFKA_BROKERS: `127.0.0.1:${kafkaProxy!.port}`,
    DATABASE_URL: database.href,
    KAFKA_PARTITIONS: '3',
    IDENTITY_KEY: Buffer.alloc(32, seed % 251).toString('base64'),
    MASTER_KEYS: `proof:${Buffer.alloc(32, 7).toString('base64')}`,
    LOG_LEVEL: 'warn',
  };
}

async function writeSettings(kafka: Kafka, town: Town): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  await producer.send({ topic: 'admin.settings', acks: -1, messages: town.settings() });
  await producer.disconnect();
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
