import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { LocalServices } from '#local-services';
import type { Shutdown } from '#runtime';
import { SeededRandom } from '#testing';
import type { Battlefield } from './battlefield.js';
import { check, type Answer } from './check.js';
import { expectedOf } from './expected-of.js';
import { startServices, startStages, type AtEnd } from './hub-under-test.js';
import { Ledger } from './ledger.js';
import { POISON_KINDS, Poisoner } from './poison.js';
import { readOut, readTopic, type ReadOut } from './read-out.js';
import { planStrikes, strikeAll, type FaultKind, type StrikeReport } from './strikes.js';
import { Town } from './town.js';
import { untilStill } from './until-still.js';
import { Vendors } from './vendors.js';
import { Witness } from './witness.js';

export interface FaultsOptions {
  readonly seed: number;
  /** At least so many events are accepted … */
  readonly events: number;
  /** … at about this rate, outages made up for. */
  readonly perSecond: number;
  readonly kinds: readonly FaultKind[];
  /** Where everything of the run lies; deleted first, and kept only when something was wrong. */
  readonly directory: string;
  /** The repository's built files: `dist`. */
  readonly built: string;
  readonly say: (text: string) => void;
  /** Where a signal may end the run. */
  readonly shutdown?: Shutdown;
}

export interface FaultsResult extends Answer, StrikeReport {
  readonly seed: number;
  /** Poisoned records among the accepted, by their kind. */
  readonly poison: Readonly<Record<string, number>>;
  readonly acceptedPerSecond: number;
  readonly acceptSeconds: number;
  readonly resent: number;
  readonly stalledSecondsMax: number;
  /** Times that a stage ended by itself and was started again. */
  readonly crashes: number;
  readonly isRight: boolean;
}

export const ALL_FAULTS: readonly FaultKind[] = [
  'brokerKill',
  'stageKill',
  'postgresRestart',
  'postgresRestore',
  'connectionClose',
  'connectionDelay',
  'consumerAdded',
  'consumerRemoved',
];

const POISON_SHARE = 0.01;
const EVENTS_PER_PUPIL = 12;
const TICK_MS = 20;
/** Of a run that a signal ends. */
const END_MS_MAX = 14_000;
/** More than this is not asked of the door at once while it makes up for an outage. */
const WAITING_MAX = 4_000;

/** One seeded run: services and stages of its own, events, faults, and the comparison of what went in with what came out. */
export async function runFaults(options: FaultsOptions): Promise<FaultsResult> {
  const { directory, say, shutdown } = options;
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const ended: (() => Promise<unknown>)[] = [];
  let ending: Promise<void> | undefined;
  // One after the other, also where a signal has begun it: stages before the services that they need.
  const endAll = () => (ending ??= endOneByOne(ended));
  const forget = shutdown?.add(`the run of seed ${options.seed}`, endAll, { limitMs: END_MS_MAX });
  try {
    const result = await run(options, (end) => ended.unshift(end));
    if (!result.isRight) say(`What was wrong lies in ${directory}`);
    await endAll();
    if (result.isRight && result.crashes === 0)
      await rm(directory, { recursive: true, force: true });
    return result;
  } finally {
    await endAll();
    forget?.();
  }
}

async function endOneByOne(ended: (() => Promise<unknown>)[]): Promise<void> {
  for (let end = ended.shift(); end !== undefined; end = ended.shift()) await end();
}

async function run(options: FaultsOptions, atEnd: AtEnd): Promise<FaultsResult> {
  const { seed, say, directory } = options;
  const now = new Date();
  const pupils = Math.ceil(options.events / EVENTS_PER_PUPIL);
  const town = new Town(new SeededRandom(seed), { seed, pupils, now });
  const ledger = new Ledger();
  const { services, proxies, kafka } = await startServices(options, atEnd);
  const { stages, seconds } = await startStages(options, { services, proxies, kafka, town, atEnd });
  const senders = await startSenders(options, { town, ledger, stages, services, kafka, atEnd });
  const huvudmen = town.huvudmen.map(({ id }) => id);
  const witness = new Witness(kafka, services.postgres.url, ledger);
  atEnd(() => witness.stop());
  await witness.start(huvudmen);

  say(`Seed ${seed}: ${options.events} events at ${options.perSecond} a second`);
  const random = new SeededRandom(seed + 3);
  const field: Battlefield = { services, proxies, stages, seconds, directory, random };
  const plan = planStrikes(random, options.kinds);
  const report = await strikeWhilePushing(plan, field, { options, town, witness, ...senders });
  const rate = Math.round(ledger.perSecond);
  say(`${ledger.size} accepted, ${rate} a second; waits until all is still`);
  const moving = await untilStill(kafka, services);
  const faulty = [
    ...report.faulty,
    ...missingPoison(ledger),
    ...moving,
    ...(await unready(stages)),
  ];
  await witness.stop();
  const out = await readOut(kafka, services.postgres.url, huvudmen);
  const answer = check({
    accepted: ledger.accepted,
    poison: [...ledger.poison.keys()],
    expected: expectedOf(town),
    today: now.toISOString().slice(0, 10),
    out,
  });
  await keepReadOut(kafka, out, directory);
  return {
    ...answer,
    ...report,
    faulty,
    seed,
    poison: ledger.poisonOfKinds,
    acceptedPerSecond: rate,
    acceptSeconds: Math.round((ledger.lastMs - ledger.firstMs) / 1_000),
    resent: ledger.resent,
    stalledSecondsMax: witness.stalledSecondsMax,
    crashes: Object.values(stages).reduce((sum, stage) => sum + stage.crashes, 0),
    offenders: [...answer.offenders, ...faulty],
    isRight: isRight(answer) && faulty.length === 0,
  };
}

interface Senders {
  readonly vendors: Vendors;
  readonly poisoner: Poisoner;
}

/** The vendors, with the school units already told, and whoever poisons. */
async function startSenders(
  { seed }: FaultsOptions,
  around: {
    readonly town: Town;
    readonly ledger: Ledger;
    readonly stages: Battlefield['stages'];
    readonly services: LocalServices;
    readonly kafka: Kafka;
    readonly atEnd: AtEnd;
  },
): Promise<Senders> {
  const { town, ledger, stages, services, kafka, atEnd } = around;
  const vendors = new Vendors(stages.ingest.url, services, ledger);
  await vendors.register();
  atEnd(() => vendors.stop());
  const poisoner = new Poisoner(kafka, ledger, { random: new SeededRandom(seed + 1), seed });
  atEnd(() => poisoner.stop());
  for (const event of town.unitEvents()) vendors.send(event);
  await vendors.drained();
  // Pupils are enrolled at units that are known; else many would begin parked, which is not what is proven here.
  await untilStill(kafka, services);
  return { vendors, poisoner };
}

async function strikeWhilePushing(
  plan: ReturnType<typeof planStrikes>,
  field: Battlefield,
  around: Senders & {
    readonly options: FaultsOptions;
    readonly town: Town;
    readonly witness: Witness;
  },
): Promise<StrikeReport> {
  const { witness, options } = around;
  const { kinds, say } = options;
  const duringMs = (options.events / options.perSecond) * 1_000;
  const striking = { isOver: false };
  const strikes = strikeAll(plan, field, { witness, kinds, duringMs, say }).finally(
    () => (striking.isOver = true),
  );
  const [report] = await Promise.all([strikes, pushEvents({ ...around, striking })]);
  return report;
}

/** A kind of poison of which there was none has not been proven. */
function missingPoison({ poisonOfKinds }: Ledger): string[] {
  const missing = POISON_KINDS.filter((kind) => !poisonOfKinds[kind]);
  return missing.map((kind) => `there was no poison of the kind ${kind}`);
}

/** Whatever happened to it, every stage must have come back, the dashboard included, which no event passes through. */
async function unready(stages: Battlefield['stages']): Promise<string[]> {
  const outcomes = await Promise.allSettled(Object.values(stages).map((stage) => stage.ready()));
  return outcomes.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
}

/** Counts decide, never timings. */
function isRight(answer: Answer): boolean {
  const { published, filtered, parked, held } = answer;
  return (
    published + filtered + parked + held === answer.accepted &&
    answer.lost === 0 &&
    answer.doubleEffects === 0 &&
    answer.orderBreaks === 0 &&
    answer.strayParked === 0 &&
    answer.accessMissing === 0
  );
}

/** For whoever looks for the cause: what came out, and what the stages told each other, one record a line. */
async function keepReadOut(kafka: Kafka, out: ReadOut, directory: string): Promise<void> {
  const access = await readTopic(kafka, 'access.events', '');
  for (const [name, rows] of Object.entries({ ...out, access })) {
    const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
    await writeFile(join(directory, `${name}.ndjson`), lines.join(''));
  }
}

/** Keeps the pace, makes up for outages, and goes on until there were events enough and the last fault has struck. */
async function pushEvents(to: {
  readonly town: Town;
  readonly vendors: Vendors;
  readonly poisoner: Poisoner;
  readonly striking: { readonly isOver: boolean };
  readonly options: FaultsOptions;
}): Promise<void> {
  const { town, vendors, poisoner, striking, options } = to;
  const random = new SeededRandom(options.seed + 2);
  const startedMs = Date.now();
  let sent = 0;
  while (sent < options.events || !striking.isOver) {
    const due = ((Date.now() - startedMs) / 1_000) * options.perSecond;
    while (sent < due && vendors.waiting < WAITING_MAX) {
      vendors.send(town.nextEvent());
      if (random.chance(POISON_SHARE)) poisoner.send();
      sent++;
    }
    if (vendors.failure) throw vendors.failure;
    await pause(TICK_MS);
  }
  for (const event of town.pending.splice(0)) vendors.send(event);
  await vendors.drained();
  await poisoner.drained();
}
