import { mkdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { SCHEMAS, huvudmanTopic, settingKey, type Setting } from '#canonical';
import { KafkaConnection } from '#kafka';
import { startLocalServices, type LocalServices } from '#local-services';
import { Arrivals } from './arrivals.js';
import {
  EventInventor,
  HUVUDMEN,
  checkDigit,
  huvudmanId,
  readMix,
  sourceId,
  unitCode,
  type InventedEvent,
} from './invent-events.js';
import { Pusher, tokenSource } from './push-events.js';
import { freePorts, measureReferences, type ReferenceFigures } from './references.js';
import { StageProcess, cpuSeconds, processTree, rssMb } from './stage-process.js';
import { measureValidation } from './validation.js';

const STAGES = ['ingest', 'normalise', 'test-access', 'publish'] as const;
const EVENTS_MAX = 4_000_000;
const BATCH = 200;
const IN_FLIGHT_MAX = 6_000;
const LATENCY_RATE = 500;
const SECRET = 'bench-secret-of-no-consequence-0123456789';
const DRAIN_LIMIT_MS = 30_000;

export interface PipelineOptions {
  readonly seed: number;
  readonly persons: number;
  readonly seconds: number;
  readonly latencySeconds: number;
  readonly references: boolean;
  readonly say: (sentence: string) => void;
}

/** The pipeline from the 202 to the huvudman's topic: throughput, latency and what each process spends. */
export async function benchPipeline(options: PipelineOptions): Promise<Record<string, unknown>> {
  const { say } = options;
  const references = options.references
    ? await (say('Measuring the reference programs …'), measureReferences('.elevnav/bench-bare'))
    : undefined;
  const services = await startLocalServices({
    directory: '.elevnav/bench',
    fresh: true,
    ports: { kafka: 0, kafkaClients: 0, kafkaController: 0, postgres: 0, issuer: 0 },
    onProgress: say,
  });
  const stages: StageProcess[] = [];
  try {
    const run = await prepare(services, stages, options);
    return report(await measure(run, options), references);
  } finally {
    await Promise.all(stages.map((stage) => stage.stop()));
    await services.stop();
  }
}

interface Run {
  readonly stages: readonly StageProcess[];
  readonly services: LocalServices;
  readonly inventor: EventInventor;
  readonly pusher: Pusher;
  readonly arrivals: Arrivals;
}

async function prepare(
  services: LocalServices,
  stages: StageProcess[],
  options: PipelineOptions,
): Promise<Run> {
  const folder = '.elevnav/bench/log';
  mkdirSync(folder, { recursive: true });
  const environment = {
    ...services.environment,
    IDENTITY_KEY: Buffer.alloc(32, 1).toString('base64'),
    MASTER_KEYS: `bench:${Buffer.alloc(32, 2).toString('base64')}`,
    KAFKA_PARTITIONS: '2', // as many lanes of a topic as this machine has cores
    INGEST_CLIENT_EVENTS_PER_SECOND: '1000000',
    INGEST_CLIENT_EVENTS_BURST: '1000000',
  };
  const kafka = new Kafka({
    clientId: 'bench',
    brokers: services.kafka.brokers.split(','),
    logLevel: logLevel.NOTHING,
    sasl: {
      mechanism: 'plain',
      username: services.kafka.username!,
      password: services.kafka.password!,
    },
  });
  await writeSettings(services, kafka);
  const ports = await freePorts(STAGES.length);
  stages.push(
    ...STAGES.map((stage, index) => new StageProcess(stage, ports[index]!, environment, folder)),
  );
  options.say('Starting the stages, each in a process of its own …');
  await Promise.all(stages.map((stage) => stage.start()));
  const runId = `b${options.seed}`;
  const pusher = new Pusher(stages[0]!.url, runId);
  for (let index = 0; index <= HUVUDMEN; index++) {
    const clientId = index === HUVUDMEN ? 'bench-operator' : `bench-${huvudmanId(index)}`;
    await services.issuer.registerClient({
      clientId,
      clientSecret: SECRET,
      scopes: ['events:write'],
    });
    pusher.tokens.push(tokenSource(services.issuer.url, clientId, SECRET));
  }
  await pusher.push(schoolUnits());
  const arrivals = new Arrivals(runId, EVENTS_MAX);
  const topics = Array.from({ length: HUVUDMEN }, (_, index) => huvudmanTopic(huvudmanId(index)));
  const connection = new KafkaConnection({
    brokers: services.kafka.brokers.split(','), username: services.kafka.username, password: services.kafka.password,
    clientId: 'bench', partitions: 2, replication: 1, producerTimeoutMs: 15_000, producerBufferBytesMax: 1e8,
  }); // prettier-ignore
  await connection.ensureTopics(topics);
  await connection.close();
  await arrivals.start(kafka, topics);
  const inventor = new EventInventor(readMix(), runId, options.persons, options.seed);
  return { stages, services, inventor, pusher, arrivals };
}

async function measure(run: Run, options: PipelineOptions) {
  const { say } = options;
  say(`Registering ${options.persons} persons …`);
  const loadMs = await load(run, options.persons);
  say(`… at ${Math.round((options.persons * 1_000) / loadMs)} persons/s. Warming up …`);
  await saturate(run, 20);
  say(`Measuring throughput for ${options.seconds} s …`);
  const throughput = await saturate(run, options.seconds);
  say(
    `… ${throughput.eventsPerSecond} events/s. Measuring latency at ${LATENCY_RATE} events/s for ${options.latencySeconds} s …`,
  );
  const latency = await atRate(run, LATENCY_RATE, options.latencySeconds);
  return {
    ...throughput,
    ...latency,
    validationUsPerEvent: measureValidation(),
    refused: run.pusher.refused,
  };
}

async function load(run: Run, persons: number): Promise<number> {
  const startedMs = Date.now();
  const firsts = Array.from({ length: persons }, (_, index) => run.inventor.first(index));
  const perClient = Array.from({ length: HUVUDMEN }, (_, client) =>
    firsts.filter((event) => event.client === client),
  );
  await Promise.all(
    perClient.map(async (events) => {
      for (let i = 0; i < events.length; i += BATCH) {
        await run.pusher.push(events.slice(i, i + BATCH));
        await waitFor(() => run.pusher.accepted - run.arrivals.events < IN_FLIGHT_MAX);
      }
    }),
  );
  await waitFor(() => firsts.every(({ number }) => run.arrivals.seenAt(number) > 0));
  return Date.now() - startedMs;
}

/** Pushes as fast as events come out again: a closed loop with a bounded number in flight. */
async function saturate(run: Run, seconds: number) {
  const { inventor, pusher, arrivals, stages, services } = run;
  const expected = new Set(
    readMix()
      .kinds.filter((kind) => kind.changesRegister)
      .map(({ kind }) => kind),
  );
  const kinds: Record<string, number> = {};
  const wanted: number[] = [];
  const notYet: number[] = [];
  /** Looks again at those that had not come out; what never comes out must not hold up the others. */
  const open = () => {
    let kept = 0;
    for (const number of notYet) {
      if (arrivals.seenAt(number) === 0) notYet[kept++] = number;
    }
    notYet.length = kept;
    return kept;
  };
  const groups = processGroups(stages, services);
  const cpuBefore = groups.map(({ pids }) => cpuSeconds(pids()));
  const memory: { atMs: number; mb: number }[] = [];
  const before = { events: arrivals.events, records: arrivals.records, ms: performance.now() };
  const ends = Date.now() + seconds * 1_000;
  const queues: InventedEvent[][] = Array.from({ length: HUVUDMEN }, () => []);
  const sampler = setInterval(
    () => memory.push({ atMs: Date.now(), mb: Math.max(...stages.map(({ pid }) => rssMb(pid))) }),
    1_000,
  );
  const underWay = new Set<Promise<void>>();
  while (Date.now() < ends) {
    if (notYet.length > IN_FLIGHT_MAX || underWay.size >= HUVUDMEN) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      open();
      continue;
    }
    const { kind, event } = inventor.any();
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (expected.has(kind)) {
      wanted.push(event.number);
      notYet.push(event.number);
    }
    const queue = queues[event.client]!;
    queue.push(event);
    if (queue.length < BATCH) continue;
    queues[event.client] = [];
    const push = pusher.push(queue).finally(() => underWay.delete(push));
    underWay.add(push);
  }
  const ms = performance.now() - before.ms;
  const events = arrivals.events - before.events;
  const records = arrivals.records - before.records;
  const cpu = groups.map(
    ({ name, pids }, index) => [name, cpuSeconds(pids()) - cpuBefore[index]!] as const,
  );
  clearInterval(sampler);
  await Promise.all(underWay);
  for (const queue of queues) if (queue.length > 0) await pusher.push(queue);
  const undelivered = await settle(run, wanted);
  const perEvent = Object.fromEntries(
    cpu.map(([name, s]) => [name, Math.round((s * 1e6) / events)]),
  );
  return {
    eventsPerSecond: Math.round((events * 1_000) / ms),
    recordsPerSecond: Math.round((records * 1_000) / ms),
    cpuUsPerEvent: {
      total: Math.round((cpu.reduce((sum, [, s]) => sum + s, 0) * 1e6) / events),
      ...perEvent,
    },
    rssMbMax: Math.round(Math.max(...memory.map(({ mb }) => mb))),
    rssMbPerMinute: slopePerMinute(memory),
    kinds,
    undelivered,
  };
}

/** An open loop: events are due at their times, whether or not the earlier ones have come out. */
async function atRate(run: Run, rate: number, seconds: number) {
  const { inventor, pusher, arrivals } = run;
  const expected = new Set(
    readMix()
      .kinds.filter((kind) => kind.changesRegister)
      .map(({ kind }) => kind),
  );
  const sentMs = new Map<number, number>();
  const startedMs = performance.now();
  const lastOf = new Map<number, Promise<void>>();
  const TICK_MS = 20;
  let made = 0;
  while (performance.now() - startedMs < seconds * 1_000) {
    const due = Math.floor(((performance.now() - startedMs) * rate) / 1_000);
    const byClient = new Map<number, InventedEvent[]>();
    for (; made < due; made++) {
      const { kind, event } = inventor.any();
      if (!byClient.has(event.client)) byClient.set(event.client, []);
      byClient.get(event.client)!.push(event);
      if (expected.has(kind)) sentMs.set(event.number, 0);
    }
    for (const [client, events] of byClient) {
      // One request of a client after another: two at once may change places, and the older would be passed over.
      const push = (lastOf.get(client) ?? Promise.resolve()).then(async () => {
        await pusher.push(events);
        const acceptedMs = performance.timeOrigin + performance.now();
        for (const { number } of events) if (sentMs.has(number)) sentMs.set(number, acceptedMs);
      });
      lastOf.set(client, push);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(lastOf.values());
  const undelivered = await settle(run, [...sentMs.keys()]);
  const latencies = [...sentMs]
    .map(([number, ms]) => Math.max(0, arrivals.seenAt(number) - ms))
    .sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]! * 10,
    ) / 10;
  return {
    latencyMsP50: at(0.5),
    latencyMsP99: at(0.99),
    latencyEvents: latencies.length,
    latencyUndelivered: undelivered,
  };
}

/** Waits for what should come out; what does not is counted, and what the stages say of it is told. */
async function settle({ arrivals, services }: Run, wanted: readonly number[]): Promise<number> {
  const missing = () => wanted.filter((number) => arrivals.seenAt(number) === 0);
  await waitFor(() => missing().length === 0).catch(() => undefined);
  const stuck = missing();
  if (stuck.length === 0) return 0;
  const client = new Client({ connectionString: services.postgres.url });
  await client.connect();
  const ids = stuck.slice(0, 5_000).map(String);
  for (const stage of ['normalise', 'test_access', 'publish']) {
    for (const [table, word] of [
      ['filtered', 'outcome'],
      ['parked', 'code'],
    ] as const) {
      const { rows } = await client.query(
        `select ${word} as why, count(*)::int as events from ${stage}.${table} where split_part(cause, '-', -1) = any($1) group by 1`,
        [ids],
      );
      for (const row of rows as { why: string; events: number }[]) {
        console.error(`${row.events} did not come out: ${stage} says ${row.why}`);
      }
    }
  }
  await client.end();
  return stuck.length;
}

function processGroups(stages: readonly StageProcess[], services: LocalServices) {
  const names: Record<string, string> = { 'test-access': 'testAccess' };
  return [
    ...stages.map(({ stage, pid }) => ({ name: names[stage] ?? stage, pids: () => [pid] })),
    { name: 'kafka', pids: () => [services.kafka.pid()!] },
    { name: 'postgres', pids: () => processTree(postmasterPid()) },
  ];
}

/** The first line of PostgreSQL's own lock file is the process id of its postmaster. */
function postmasterPid(): number {
  return Number(readFileSync('.elevnav/bench/postgres/data/postmaster.pid', 'utf8').split('\n')[0]);
}

function report(
  measured: Awaited<ReturnType<typeof measure>>,
  references: ReferenceFigures | undefined,
) {
  const {
    kinds,
    refused,
    undelivered,
    latencyUndelivered,
    recordsPerSecond,
    latencyEvents,
    eventsPerSecond,
    ...figures
  } = measured;
  return {
    eventsPerSecond,
    limitKafka: references?.limitKafka,
    limitPostgres: references?.limitPostgres,
    ratioToPostgres:
      references && Math.round((eventsPerSecond / references.limitPostgres) * 1_000) / 1_000,
    naivePerSecond: references?.naivePerSecond,
    ...figures,
    notCounted: { refused, undelivered, latencyUndelivered },
    kinds,
    recordsPerSecond,
    latencyEvents,
  };
}

async function writeSettings(services: LocalServices, kafka: Kafka): Promise<void> {
  const connection = new KafkaConnection({
    brokers: services.kafka.brokers.split(','), username: services.kafka.username, password: services.kafka.password,
    clientId: 'bench', partitions: 2, replication: 1, producerTimeoutMs: 15_000, producerBufferBytesMax: 1e8,
  }); // prettier-ignore
  await connection.ensureTopics(['admin.settings']);
  await connection.close();
  const contract = { marking: 'field', completeness: 'full', silenceHours: 24 } as const;
  const settings: Setting[] = [
    {
      kind: 'source',
      id: 'school-units',
      huvudman: null,
      sourceKind: 'school-units',
      adapter: 'school-units',
      clients: ['bench-operator'],
      contract,
    },
    {
      kind: 'calendar',
      id: '2026',
      terms: [
        { name: 'HT 2026', startDate: '2026-08-17', endDate: '2026-12-21' },
        { name: 'VT 2027', startDate: '2027-01-11', endDate: '2027-06-11' },
      ],
      tests: [],
    },
  ];
  for (let index = 0; index < HUVUDMEN; index++) {
    const huvudman = huvudmanId(index);
    settings.push({
      kind: 'huvudman', id: huvudman, displayName: `Exempelkommun ${index}`, organisationNumber: organisationNumber(index),
      owner: 'municipal', subscriberClients: [],
    });
    for (const [kind, adapter] of [['elevregister', 'ss12000'], ['absence', 'ss12000-attendance'], ['learning-platform', 'canvas']] as const) {
      settings.push({ kind: 'source', id: sourceId(kind, index), huvudman, sourceKind: kind, adapter, clients: [`bench-${huvudman}`], contract });
    }
  } // prettier-ignore
  for (const setting of settings) {
    if (!SCHEMAS.setting.check(setting))
      throw new Error('A setting of the benchmark is not of its shape.');
  }
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({
    topic: 'admin.settings',
    messages: settings.map((setting) => ({
      key: settingKey(setting),
      value: JSON.stringify(setting),
    })),
  });
  await producer.disconnect();
}

function organisationNumber(index: number): string {
  const nine = `21200${String(9_100 + index)}`;
  return nine + checkDigit(nine);
}

function schoolUnits(): InventedEvent[] {
  const events: InventedEvent[] = [];
  for (let huvudman = 0; huvudman < HUVUDMEN; huvudman++) {
    for (let unit = 0; unit < 5; unit++) {
      const code = unitCode(huvudman, unit);
      events.push({
        number: EVENTS_MAX + events.length,
        source: 'school-units',
        client: HUVUDMEN,
        type: 'school-units.unit.changed',
        data: schoolUnit(code, organisationNumber(huvudman)),
      });
    }
  }
  return events;
}

/** The national register's shape, version 2 (standards §3.1). */
function schoolUnit(code: string, organisation: string): unknown {
  return {
    meta: {
      extractDate: '2026-08-02T00:06:11.02+02:00',
      created: '2015-01-01',
      modified: '2026-06-14',
    },
    data: {
      type: 'schoolunit',
      schoolUnitCode: code,
      attributes: {
        displayName: `Exempelskolan ${code}`,
        status: 'AKTIV',
        schoolUnitType: 'SKOLENHET',
        municipalityCode: '0180',
        schoolTypes: ['GR'],
        startdate: '2010-07-01',
        endDate: null,
      },
    },
    included: {
      type: 'organization',
      organizationNumber: organisation,
      attributes: { displayName: 'Exempelkommun' },
    },
  };
}

function slopePerMinute(samples: readonly { atMs: number; mb: number }[]): number {
  const late = samples.slice(Math.floor(samples.length / 3));
  if (late.length < 2) return 0;
  const meanX = late.reduce((sum, { atMs }) => sum + atMs, 0) / late.length;
  const meanY = late.reduce((sum, { mb }) => sum + mb, 0) / late.length;
  const over = late.reduce((sum, { atMs, mb }) => sum + (atMs - meanX) * (mb - meanY), 0);
  const under = late.reduce((sum, { atMs }) => sum + (atMs - meanX) ** 2, 0);
  return Math.round((over / under) * 60_000 * 100) / 100;
}

async function waitFor(check: () => boolean): Promise<void> {
  const ends = Date.now() + DRAIN_LIMIT_MS;
  while (!check()) {
    if (Date.now() > ends)
      throw new Error('The pipeline did not give out what it was given in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
