import { join } from 'node:path';
import { ALL_FAULTS, runFaults, type FaultsResult } from './faults/run-faults.js';
import { POISON_KINDS } from './faults/poison.js';
import type { Proof, ProofOptions, ProofOutcome } from './proof.js';

/** 20,000 accepted events at the least, in less than three minutes. */
const EVENTS = 21_000;
const EVENTS_PER_SECOND = 280;

/**
 * Nothing is lost and every effect happens once, whatever breaks: brokers, stages and PostgreSQL die, a backup is put back,
 * connections close and lag, consumers come and go, poison comes in; then all that was accepted is compared with all that came out.
 */
export const faults: Proof = {
  name: 'faults',
  says: 'nothing accepted is lost and every effect happens once, whatever breaks',
  run: async (options) => {
    const results: FaultsResult[] = [];
    for (let index = 0; index < (options.count ?? 1); index++) {
      const result = await runFaults(runOf(options, options.seed + index));
      results.push(result);
      tell(result, options.say);
    }
    return outcomeOf(results);
  },
};

function runOf({ root, say, shutdown }: ProofOptions, seed: number) {
  return {
    seed,
    events: EVENTS,
    perSecond: EVENTS_PER_SECOND,
    kinds: ALL_FAULTS,
    directory: join(root, '.elevnav', 'prove-faults', String(seed)),
    built: join(root, 'dist'),
    say,
    shutdown,
  };
}

function tell(result: FaultsResult, say: (text: string) => void): void {
  const { seed, accepted, published, filtered, parked, lost, doubleEffects, orderBreaks } = result;
  say(
    `Seed ${seed}: ${accepted} accepted = ${published} published + ${filtered} filtered + ${parked} parked` +
      `; ${lost} lost, ${doubleEffects} double effects, ${orderBreaks} order breaks`,
  );
  for (const offender of result.offenders) say(`  ${offender}`);
}

/** All runs together: counts are summed, of stalls and rates the worst counts, and of each strike it is told what was in flight. */
function outcomeOf(results: readonly FaultsResult[]): ProofOutcome {
  const sum = (count: (result: FaultsResult) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const result = {
    runs: results.length,
    seeds: results.map(({ seed }) => seed),
    faults: byName(ALL_FAULTS, (kind) => sum((one) => one.faults[kind] ?? 0)),
    inFlight: byName(ALL_FAULTS, (kind) => results.flatMap((one) => one.inFlight[kind] ?? [])),
    poison: byName(POISON_KINDS, (kind) => sum((one) => one.poison[kind] ?? 0)),
    accepted: sum((one) => one.accepted),
    acceptedPerSecondMin: Math.min(...results.map((one) => one.acceptedPerSecond)),
    acceptSecondsMax: Math.max(...results.map((one) => one.acceptSeconds)),
    resent: sum((one) => one.resent),
    published: sum((one) => one.published),
    filtered: sum((one) => one.filtered),
    parked: sum((one) => one.parked),
    held: sum((one) => one.held),
    lost: sum((one) => one.lost),
    doubleEffects: sum((one) => one.doubleEffects),
    orderBreaks: sum((one) => one.orderBreaks),
    strayParked: sum((one) => one.strayParked),
    accessMissing: sum((one) => one.accessMissing),
    repeats: sum((one) => one.repeats),
    remade: sum((one) => one.remade),
    crashes: sum((one) => one.crashes),
    stalledSecondsMax: Math.max(...results.map((one) => one.stalledSecondsMax)),
  };
  return { isRight: results.every((one) => one.isRight), result };
}

function byName<Name extends string, T>(
  names: readonly Name[],
  of: (name: Name) => T,
): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}
