import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '#testing';
import {
  addConsumers, closeConnections, delayConnections, killBroker, removeConsumers, restartPostgres, restorePostgres,
  untilCopyIsOldEnough,
} from './acts.js'; // prettier-ignore
import { STAGE_NAMES, type Battlefield } from './battlefield.js';
import type { Witness } from './witness.js';

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
  /** @returns whether something was struck: a strike at nothing does not count. */
  readonly act: (field: Battlefield) => Promise<boolean>;
}

const IN_FLIGHT_WAIT_MS_MAX = 10_000;
const IN_FLIGHT_POLL_MS = 20;

/** What struck, how often, and how many events were in flight at each strike, in their order. */
export interface StrikeReport {
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly inFlight: Readonly<Partial<Record<FaultKind, readonly number[]>>>;
  /** What was wrong with the striking itself. */
  readonly faulty: readonly string[];
}

/** The seeded order of faults. The copy of PostgreSQL is taken first; it is put back when it is old enough. */
export function planStrikes(random: SeededRandom, kinds: readonly FaultKind[]): Strike[] {
  const wanted = new Set(kinds);
  const middle = [
    ...STAGE_NAMES.map((name): Strike => {
      return { kind: 'stageKill', act: ({ stages }) => stages[name].kill() };
    }),
    { kind: 'brokerKill', act: killBroker },
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

/**
 * Strikes at seeded moments within `duringMs`, each only while events are in flight. What struck nothing is not counted but named as
 * faulty, and so is a kind that is wanted and never struck.
 */
export async function strikeAll(
  plan: readonly Strike[],
  field: Battlefield,
  around: {
    readonly witness: Pick<Witness, 'inFlight'>;
    readonly kinds: readonly FaultKind[];
    readonly duringMs: number;
    readonly say: (text: string) => void;
  },
): Promise<StrikeReport> {
  const faults: Partial<Record<FaultKind, number>> = {};
  const inFlight: Partial<Record<FaultKind, number[]>> = {};
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
    if (await act(field)) {
      faults[kind] = (faults[kind] ?? 0) + 1;
      (inFlight[kind] ??= []).push(count);
    } else faulty.push(`${kind} found nothing to strike`);
  }
  for (const kind of around.kinds) if (!faults[kind]) faulty.push(`${kind} never struck`);
  return { faults, inFlight, faulty };
}

async function untilInFlight(witness: Pick<Witness, 'inFlight'>): Promise<number> {
  const ends = Date.now() + IN_FLIGHT_WAIT_MS_MAX;
  for (;;) {
    const count = await witness.inFlight();
    if (count > 0 || Date.now() > ends) return count;
    await pause(IN_FLIGHT_POLL_MS);
  }
}

function putInOrder(plan: Strike[], first: FaultKind, then: FaultKind): void {
  const firstAt = plan.findIndex(({ kind }) => kind === first);
  const thenAt = plan.findIndex(({ kind }) => kind === then);
  if (firstAt < 0 || thenAt < 0 || firstAt < thenAt) return;
  [plan[firstAt], plan[thenAt]] = [plan[thenAt]!, plan[firstAt]!];
}
