import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FAULT_KINDS } from './histories/findings.js';
import { PART_HISTORIES, type Part } from './histories/prove-part.js';
import { proveSideBySide } from './histories/real/side-by-side.js';
import { addTally, emptyTally, isFaultless, type Tally } from './histories/tally.js';
import { shareParts } from './histories/workers.js';
import type { Proof, ProofOptions, ProofOutcome } from './proof.js';

const COUNT = 20_000;
const TOLD_EVERY = 10_000;
/** So many histories are told on real services too, unless somebody says otherwise: when it is a proof of size. */
const REAL = 500;
const REAL_FROM_COUNT = 10_000;

/**
 * The move, proven: invented histories of persons, huvudmän and sources go through the rules of normalise, test-access and publish,
 * and after every step a model that shares no code with them says whether what stands is right, and who was told what.
 */
export const histories: Proof = {
  name: 'histories',
  says: 'whatever schools say, in whatever order: no gap, one home, nothing resurrected, nothing leaked',
  run: proveHistories,
};

async function proveHistories({
  seed,
  count = COUNT,
  real = count >= REAL_FROM_COUNT ? REAL : 0,
  root,
  say,
}: ProofOptions): Promise<ProofOutcome> {
  const built = join(root, 'dist');
  const sum = emptyTally();
  const phase = async (name: string, parts: readonly Part[]): Promise<number> => {
    const started = performance.now();
    let told = 0;
    const atEach = (tally: Tally): void => {
      if (tally.histories < told + TOLD_EVERY) return;
      told = tally.histories;
      say(`  ${told} histories`);
    };
    addTally(sum, await shareParts(parts, { built, atEach }));
    const seconds = (performance.now() - started) / 1_000;
    say(`${name}: ${seconds.toFixed(1)} s`);
    return seconds;
  };
  const seconds = await phase('Histories', invented('histories', seed, count));
  await phase('Other orders of every hundredth', invented('permutations', seed, count));
  await phase('Every interleaving of the basic move', exhaustive());
  const onRealServices = await proveOnReal({ seed, count: real, root, say }, sum);
  for (const story of sum.stories) say(`\n${story}\n`);
  return outcomeOf(sum, { onRealServices, seconds });
}

/** @returns how many histories were told on real services and compared. */
async function proveOnReal(
  { seed, count, root, say }: Pick<ProofOptions, 'seed' | 'root' | 'say'> & { count: number },
  sum: Tally,
): Promise<number> {
  if (count === 0) return 0;
  const started = performance.now();
  const directory = join(root, '.elevnav', 'prove-histories', String(seed));
  const tally = await proveSideBySide({ seed, count, directory, say });
  const seconds = (performance.now() - started) / 1_000;
  say(`${tally.histories} histories on real services: ${seconds.toFixed(1)} s`);
  if (!isFaultless(tally)) say(`What was wrong lies in ${directory}`);
  // They are of the histories that were counted already: only what was found is added.
  addTally(sum, { ...tally, histories: 0, steps: 0 });
  return tally.histories;
}

function invented(is: 'histories' | 'permutations', seed: number, count: number): Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < count; from += PART_HISTORIES) {
    const some = Math.min(PART_HISTORIES, count - from);
    if (is === 'histories' || some === PART_HISTORIES)
      parts.push({ is, seed, from, count: some, isTold: true });
  }
  return parts;
}

/** One part for each worker: what a part is, is found by going through all of them. */
function exhaustive(): Part[] {
  const parts = availableParallelism();
  return Array.from({ length: parts }, (_, part) => ({
    is: 'exhaustive',
    part,
    parts,
    isTold: true,
  }));
}

function outcomeOf(
  sum: Tally,
  { onRealServices, seconds }: { readonly onRealServices: number; readonly seconds: number },
): ProofOutcome {
  const { histories: count, steps, permutations, exhaustive: all, faults } = sum;
  const counts = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, faults[kind]]));
  const result = {
    histories: count,
    steps,
    permutations,
    onRealServices,
    exhaustive: all,
    ...counts,
    seconds: Math.round(seconds * 10) / 10,
  };
  return { isRight: isFaultless(sum), result };
}
