import { join } from 'node:path';
import { PART_HISTORIES, type Part } from './histories/prove-part.js';
import { isFaultless } from './histories/tally.js';
import { shareParts } from './histories/workers.js';
import { FAULTY_RULES } from './mutants/faulty-rules.js';
import type { StandIn } from './mutants/stand-in.js';
import type { Proof, ProofOptions, ProofOutcome } from './proof.js';

/** Within so many seconds the histories must find a fault, or at the latest within so many histories. */
const SECONDS_MAX = 60;
const HISTORIES_MAX = 60_000;

/** The proof of the proof: with each of the named faults in place of a rule, the histories must find something wrong. */
export const mutants: Proof = {
  name: 'mutants',
  says: 'each of the named faults in the rules is found by the histories within a minute',
  run: killAll,
};

async function killAll({ seed, root, say }: ProofOptions): Promise<ProofOutcome> {
  for (const { breaks, name } of FAULTY_RULES) say(`${breaks.padEnd(22)} ${name}`);
  const survivors: string[] = [];
  for (const { name, breaks, file, rule } of FAULTY_RULES) {
    const found = await hunt({ name, breaks, file, rule }, { seed, root });
    say(`${found.isKilled ? 'killed  ' : 'SURVIVED'} after ${found.histories} histories: ${name}`);
    if (!found.isKilled) survivors.push(name);
  }
  const killed = FAULTY_RULES.length - survivors.length;
  return {
    isRight: survivors.length === 0,
    result: { mutants: FAULTY_RULES.length, killed, survivors },
  };
}

/** Lets histories run with one fault in place until something is wrong. */
export async function hunt(
  standIn: StandIn,
  { seed, root }: Pick<ProofOptions, 'seed' | 'root'>,
): Promise<{ readonly isKilled: boolean; readonly histories: number }> {
  const options = { built: join(root, 'dist'), standIn, stopsAtFault: true };
  const tally = await shareParts(partsOf(seed), options);
  return { isKilled: !isFaultless(tally), histories: tally.histories };
}

function* partsOf(seed: number): Generator<Part> {
  const until = performance.now() + SECONDS_MAX * 1_000;
  for (let from = 0; from < HISTORIES_MAX && performance.now() < until; from += PART_HISTORIES) {
    yield { is: 'histories', seed, from, count: PART_HISTORIES, isTold: false };
    yield { is: 'permutations', seed, from, count: PART_HISTORIES, isTold: false };
  }
}
