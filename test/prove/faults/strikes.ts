import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { LocalServices } from '#local-services';
import type { FaultProxy, SeededRandom } from '#testing';
import type { StageProcess } from './stage-processes.js';
import type { Witness } from './witness.js';

/** What a strike can reach. */
export interface Battlefield {
  readonly services: LocalServices;
  readonly proxies: readonly FaultProxy[];
  readonly stages: Readonly<Record<StageName, StageProcess>>;
  /** Second processes of stages, which join and leave. */
  readonly seconds: readonly StageProcess[];
  readonly directory: string;
  readonly random: SeededRandom;
}

export const STAGE_NAMES = ['ingest', 'normalise', 'test-access', 'publish'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** How a fault is counted in the result. */
export type FaultKind =
  | 'brokerKill'
  | 'stageKill'
  | 'postgresRestart'
  | 'postgresRestore'
  | 'connectionClose'
  | 'connectionDelay'
  | 'consumerAdded'
  | 'consumerRemoved';

interface Strike {
  readonly kind: FaultKind;
  readonly act: (field: Battlefield) => Promise<void>;
}

/** A copy must be this old before it is put back. */
const COPY_AGE_MS_MIN = 30_000;
const CLOSE_TIMES = 3;
const CLOSE_PAUSE_MS = 700;
const DELAY_FOR_MS = 5_000;
const DELAY_MS = 300;
const DELAY_JITTER_MS = 200;
const JOIN_MS_MAX = 15_000;
const IN_FLIGHT_WAIT_MS_MAX = 10_000;
const IN_FLIGHT_POLL_MS = 20;

/** What struck, how often, and with how many events in flight at the least. */
export interface StrikeReport {
  readonly faults: Partial<Record<FaultKind, number>>;
  readonly inFlight: Partial<Record<FaultKind, number>>;
  /** What was wrong with the striking itself. */
  readonly faulty: readonly string[];
}

/** The seeded order of faults. The copy of PostgreSQL is taken first; it is put back when it is old enough. */
export function planStrikes(random: SeededRandom, kinds: readonly FaultKind[]): Strike[] {
  const wanted = new Set(kinds);
  const middle = [
    ...STAGE_NAMES.map((name) => stageKill(name)),
    { kind: 'brokerKill', act: ({ services }) => killBroker(services) },
    { kind: 'connectionClose', act: closeConnections },
    { kind: 'connectionDelay', act: delayConnections },
    { kind: 'consumerAdded', act: addConsumers },
    { kind: 'consumerRemoved', act: removeConsumers },
  ] satisfies Strike[];
  const shuffled = random.shuffled(middle.filter(({ kind }) => wanted.has(kind)));
  putInOrder(shuffled, 'consumerAdded', 'consumerRemoved');
  const plan: Strike[] = [];
  if (wanted.has('postgresRestart')) plan.push({ kind: 'postgresRestart', act: restartPostgres });
  plan.push(...shuffled);
  if (wanted.has('postgresRestore')) {
    const place = Math.max(1, plan.length - random.below(3));
    plan.splice(place, 0, { kind: 'postgresRestore', act: restorePostgres });
  }
  return plan;
}

/** Strikes at seeded moments within `duringMs`, each only while events are in flight. */
export async function strikeAll(
  plan: readonly Strike[],
  field: Battlefield,
  around: {
    readonly witness: Witness;
    readonly duringMs: number;
    readonly say: (text: string) => void;
  },
): Promise<StrikeReport> {
  const faults: Partial<Record<FaultKind, number>> = {};
  const inFlight: Partial<Record<FaultKind, number>> = {};
  const faulty: string[] = [];
  const startedMs = Date.now();
  const slotMs = around.duringMs / (plan.length + 1);
  for (const [index, { kind, act }] of plan.entries()) {
    const dueMs = startedMs + slotMs * (index + 0.5 + field.random.next() * 0.5);
    await pause(Math.max(0, dueMs - Date.now()));
    if (kind === 'postgresRestore') await untilCopyIsOldEnough(field);
    const count = await untilInFlight(around.witness);
    if (count === 0) faulty.push(`${kind} struck while nothing was in flight`);
    around.say(`${kind} with ${count} events in flight`);
    inFlight[kind] = Math.min(inFlight[kind] ?? Infinity, count);
    await act(field);
    faults[kind] = (faults[kind] ?? 0) + 1;
  }
  return { faults, inFlight, faulty };
}

async function untilInFlight(witness: Witness): Promise<number> {
  const ends = Date.now() + IN_FLIGHT_WAIT_MS_MAX;
  for (;;) {
    const count = await witness.inFlight();
    if (count > 0 || Date.now() > ends) return count;
    await pause(IN_FLIGHT_POLL_MS);
  }
}

function stageKill(name: StageName): Strike {
  return { kind: 'stageKill', act: ({ stages }) => stages[name].kill() };
}

async function killBroker({ kafka }: LocalServices): Promise<void> {
  await kafka.kill();
  await kafka.start();
}

const copies = new WeakMap<Battlefield, number>();

/** An immediate stop is a crash; while the server is down its data are copied. */
async function restartPostgres(field: Battlefield): Promise<void> {
  const { postgres } = field.services;
  await postgres.stop('immediate');
  const copy = copyOf(field);
  await rm(copy, { recursive: true, force: true });
  await postgres.copyData(copy);
  copies.set(field, Date.now());
  await postgres.start();
}

async function restorePostgres(field: Battlefield): Promise<void> {
  const { postgres } = field.services;
  await postgres.stop('immediate');
  await postgres.restoreData(copyOf(field));
  await postgres.start();
  await rm(copyOf(field), { recursive: true, force: true });
}

async function untilCopyIsOldEnough(field: Battlefield): Promise<void> {
  const takenMs = copies.get(field);
  if (takenMs === undefined) throw new Error('A restore needs a restart before it: the copy.');
  await pause(Math.max(0, takenMs + COPY_AGE_MS_MIN - Date.now()));
}

function copyOf({ directory }: Battlefield): string {
  return join(directory, 'postgres-copy');
}

async function closeConnections({ proxies }: Battlefield): Promise<void> {
  for (let time = 0; time < CLOSE_TIMES; time++) {
    for (const proxy of proxies) proxy.closeConnections();
    await pause(CLOSE_PAUSE_MS);
  }
}

async function delayConnections({ proxies }: Battlefield): Promise<void> {
  for (const proxy of proxies) proxy.set({ delayMs: DELAY_MS, jitterMs: DELAY_JITTER_MS });
  await pause(DELAY_FOR_MS);
  for (const proxy of proxies) proxy.set({});
}

/** They join as soon as the groups let them in; a group that still waits for a member that was killed may take long. */
async function addConsumers({ seconds }: Battlefield): Promise<void> {
  for (const second of seconds) second.start();
  const joined = Promise.all(seconds.map((second) => second.ready())).catch(() => undefined);
  await Promise.race([joined, pause(JOIN_MS_MAX)]);
}

async function removeConsumers({ seconds }: Battlefield): Promise<void> {
  await Promise.all(seconds.map((second) => second.stop()));
}

function putInOrder(plan: Strike[], first: FaultKind, then: FaultKind): void {
  const firstAt = plan.findIndex(({ kind }) => kind === first);
  const thenAt = plan.findIndex(({ kind }) => kind === then);
  if (firstAt < 0 || thenAt < 0 || firstAt < thenAt) return;
  [plan[firstAt], plan[thenAt]] = [plan[thenAt]!, plan[firstAt]!];
}
