import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';
import type { LocalServices } from '#local-services';
import type { Shutdown } from '#runtime';
import { stopAfter } from '../end-on-signal.js';
import { seedAccess } from '../seed/seed-access.js';
import { askAtRate, doorAt, type Asked, type Door, type Question } from './ask-questions.js';
import { writeSettings } from './country.js';
import { firstEppn } from './invent-events.js';
import { tokenSource } from './push-events.js';
import { freePorts } from './references.js';
import { startBenchServices } from './services.js';
import { ENDS_WITH_PARENT, StageProcess } from './stage-process.js';

const FOLDER = '.elevnav/bench-access';
const SECRET = 'bench-secret-of-no-consequence-0123456789';
const RATE = 50;
const ROUNDS = 5;
/** A server that has just started compiles as it goes; what is asked for is one that runs. */
const WARM_UP_SECONDS = 20;
const BARE_LIMIT_MS = 30_000;

export interface AccessOptions {
  readonly seed: number;
  readonly persons: number;
  /** How long each of the two is asked, all rounds together. */
  readonly seconds: number;
  readonly say: (sentence: string) => void;
  readonly shutdown: Shutdown;
}

/** The question of the log-in side, over HTTP and with its audit entry, beside a bare server that does the least possible. */
export async function benchAccess(options: AccessOptions): Promise<Record<string, unknown>> {
  const services = await startBenchServices(FOLDER, options.say);
  const started: Started = {};
  return stopAfter(options.shutdown, {
    name: 'stage and services',
    stop: async () => {
      started.bare?.kill('SIGKILL');
      await started.stage?.stop();
      await services.stop();
    },
    work: () => askBoth(services, started, options),
  });
}

/** What is to be stopped, as it is started. */
interface Started {
  stage?: StageProcess;
  bare?: ChildProcess;
}

async function askBoth(services: LocalServices, started: Started, options: AccessOptions) {
  const { say, persons } = options;
  const environment = await prepare(services);
  const startedMs = performance.now();
  say(`Seeding ${persons} persons …`);
  const { rows } = await seedAccess({
    environment,
    databaseUrl: services.postgres.url,
    persons,
    onProgress: (done) => done % 50_000 === 0 && say(`… ${done} persons`),
  });
  const seedSeconds = Math.round((performance.now() - startedMs) / 1_000);
  const [port, barePort] = await freePorts(2);
  mkdirSync(`${FOLDER}/log`, { recursive: true });
  const stage = new StageProcess('test-access', port!, environment, `${FOLDER}/log`);
  started.stage = stage;
  await stage.start();
  started.bare = startBare(services.postgres.url, barePort!);
  await answers(started.bare);
  const measured = await measure(options, {
    ours: doorAt(`${stage.url}/v1/access/questions`, await bearer(services, 'access:ask')),
    bare: doorAt(`http://127.0.0.1:${barePort}/`),
  });
  const audit = await verifyAudit(stage.url, await bearer(services, 'admin:read'));
  return {
    persons,
    questionsPerSecond: RATE,
    ...measured,
    ...audit,
    seedSeconds,
    seedRows: rows,
  };
}

async function prepare(services: LocalServices): Promise<Record<string, string>> {
  const { brokers, username, password } = services.kafka;
  const kafka = new Kafka({
    clientId: 'bench',
    brokers: brokers.split(','),
    logLevel: logLevel.NOTHING,
    sasl: { mechanism: 'plain', username: username!, password: password! },
  });
  await writeSettings(services, kafka);
  return {
    ...services.environment,
    IDENTITY_KEY: Buffer.alloc(32, 1).toString('base64'),
    MASTER_KEYS: `bench:${Buffer.alloc(32, 2).toString('base64')}`,
    KAFKA_PARTITIONS: '2',
    LOG_LEVEL: 'warn',
  };
}

async function bearer(services: LocalServices, scope: string): Promise<{ authorization: string }> {
  const clientId = `bench-${scope.replace(':', '-')}`;
  await services.issuer.registerClient({ clientId, clientSecret: SECRET, scopes: [scope] });
  const token = await tokenSource(services.issuer.url, clientId, SECRET)();
  return { authorization: `Bearer ${token}` };
}

function startBare(databaseUrl: string, port: number): ChildProcess {
  return spawn(process.execPath, [...ENDS_WITH_PARENT, 'dist/test/bench/bare-door.js'], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl, HTTP_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

async function answers(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('The reference did not start.')),
      BARE_LIMIT_MS,
    );
    child.stdout!.once('data', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Round about, so that both see the same minutes of the machine; the figures are the medians of the rounds. */
async function measure(
  { seed, persons, seconds, say }: AccessOptions,
  doors: { readonly ours: Door; readonly bare: Door },
) {
  const questions = inventQuestions(persons, seed);
  const once = (door: Door, duration: number) =>
    askAtRate(door, questions, { rate: RATE, seconds: duration });
  say(`Asking ${RATE} questions a second: warming up …`);
  const warm = [await once(doors.bare, WARM_UP_SECONDS), await once(doors.ours, WARM_UP_SECONDS)];
  const [bare, ours]: [Asked[], Asked[]] = [[], []];
  for (let round = 1; round <= ROUNDS; round++) {
    bare.push(await once(doors.bare, seconds / ROUNDS));
    ours.push(await once(doors.ours, seconds / ROUNDS));
    say(`… round ${round}: ${shown(ours.at(-1)!)}; the reference ${shown(bare.at(-1)!)}`);
  }
  const all = [...ours, warm[1]!];
  return {
    p50Ms: median(ours, 0.5),
    p99Ms: median(ours, 0.99),
    maxMs: median(ours, 1),
    referenceP50Ms: median(bare, 0.5),
    referenceP99Ms: median(bare, 0.99),
    referenceMaxMs: median(bare, 1),
    allowed: sum(all.map(({ allowed }) => allowed)),
    refused: sum(all.map(({ refused }) => refused)),
    wrong: sum([...all, ...bare, warm[0]!].map(({ wrong }) => wrong)),
  };
}

/** Of ten, eight who may come in, one of them in another case, and two EPPNs that nobody has. */
function* inventQuestions(persons: number, seed: number): Generator<Question> {
  let state = seed >>> 0 || 1;
  for (;;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const index = Math.floor((state / 0x80000000) * persons);
    const eppn = firstEppn(index);
    const die = (state >>> 4) % 10;
    if (die < 2) yield { eppn: `x${eppn}`, isKnown: false };
    else yield { eppn: die === 2 ? eppn.toUpperCase() : eppn, isKnown: true };
  }
}

async function verifyAudit(url: string, headers: Readonly<Record<string, string>>) {
  const answer = await fetch(`${url}/v1/audit/verify`, { headers });
  const { intact, verifiedTo } = (await answer.json()) as { intact: boolean; verifiedTo: number };
  return { auditIntact: intact, auditEntries: verifiedTo };
}

function shown({ latenciesMs }: Asked): string {
  return `p50 ${at(latenciesMs, 0.5)} ms, p99 ${at(latenciesMs, 0.99)} ms`;
}

function median(rounds: readonly Asked[], share: number): number {
  const values = rounds.map(({ latenciesMs }) => at(latenciesMs, share));
  return values.sort((one, other) => one - other)[Math.floor(values.length / 2)]!;
}

function at(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Math.round(value * 100) / 100;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
