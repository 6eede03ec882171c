import { mkdirSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';
import { huvudmanTopic } from '#canonical';
import type { LocalServices } from '#local-services';
import type { Shutdown } from '#runtime';
import { stopAfter } from '../end-on-signal.js';
import { Arrivals } from './arrivals.js';
import type { Run } from './bench-run.js';
import { EVENTS_MAX, ensureTopics, schoolUnits, writeSettings } from './country.js';
import { EventInventor, HUVUDMEN, huvudmanId, readMix } from './invent-events.js';
import { atRate } from './measure-latency.js';
import { load, saturate } from './measure-throughput.js';
import { Pusher, tokenSource } from './push-events.js';
import { freePorts, measureReferences, type ReferenceFigures } from './references.js';
import { saysWhatIsMissing, startBenchServices } from './services.js';
import { StageProcess } from './stage-process.js';
import { measureValidation } from './validation.js';

const FOLDER = '.elevnav/bench';
const STAGES = ['ingest', 'normalise', 'test-access', 'publish'] as const;
const LATENCY_RATE = 500;
const SECRET = 'bench-secret-of-no-consequence-0123456789';

export interface PipelineOptions {
  readonly seed: number;
  readonly persons: number;
  readonly seconds: number;
  readonly latencySeconds: number;
  readonly references: boolean;
  /** Where each stage leaves its CPU profile, for Chrome's developer tools; they slow the stages down. */
  readonly profileFolder?: string;
  readonly say: (sentence: string) => void;
  readonly shutdown: Shutdown;
}

/** The pipeline from the 202 to the huvudman's topic: throughput, latency and what each process spends. */
export async function benchPipeline(options: PipelineOptions): Promise<Record<string, unknown>> {
  const { say } = options;
  const references = options.references
    ? await (say('Measuring the reference programs …'),
      saysWhatIsMissing(() => measureReferences('.elevnav/bench-bare')))
    : undefined;
  const services = await startBenchServices(FOLDER, say);
  const stages: StageProcess[] = [];
  return stopAfter(options.shutdown, {
    name: 'stages and services',
    stop: async () => {
      await Promise.all(stages.map((stage) => stage.stop()));
      await services.stop();
    },
    work: async () => {
      const run = await prepare(services, stages, options);
      const measured = await measure(run, options);
      await run.arrivals.stop();
      return report(measured, references);
    },
  });
}

async function prepare(
  services: LocalServices,
  stages: StageProcess[],
  options: PipelineOptions,
): Promise<Run> {
  const folder = `${FOLDER}/log`;
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
    ...STAGES.map(
      (stage, index) =>
        new StageProcess(stage, ports[index]!, environment, folder, profiling(stage, options)),
    ),
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
  await ensureTopics(services, topics);
  await arrivals.start(kafka, topics);
  const inventor = new EventInventor(readMix(), runId, options.persons, options.seed);
  const postgresFolder = `${FOLDER}/postgres/data`;
  return { stages, services, postgresFolder, inventor, pusher, arrivals };
}

function profiling(stage: string, { profileFolder }: PipelineOptions): string[] {
  if (profileFolder === undefined) return [];
  return ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, `--cpu-prof-name=${stage}.cpuprofile`];
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
    ...measureValidation(options.seed),
    refused: run.pusher.refused,
  };
}

function report(
  measured: Awaited<ReturnType<typeof measure>>,
  references: ReferenceFigures | undefined,
) {
  const {
    kinds,
    refused,
    filtered,
    parked,
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
    notCounted: { refused, filtered, parked, undelivered, latencyUndelivered },
    kinds,
    recordsPerSecond,
    latencyEvents,
  };
}
