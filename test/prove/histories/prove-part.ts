import fc from 'fast-check';
import { everyBasicMove } from './basic-move.js';
import type { Fault, FaultKind } from './findings.js';
import { followHistory } from './follow-history.js';
import type { History } from './history.js';
import { inventHistory } from './invent-history.js';
import { permuteHistory } from './permute.js';
import { shrinkHistory } from './shrink-history.js';
import { emptyTally, STORIES_MAX, type Tally } from './tally.js';
import { Tape } from './tape.js';
import { tellStory } from './tell-story.js';

/** One part of the proof, small enough that workers share the parts evenly. */
export type Part =
  | { readonly is: 'histories' | 'permutations'; readonly seed: number; readonly from: number; readonly count: number } // prettier-ignore
  | { readonly is: 'exhaustive'; readonly part: number; readonly parts: number; readonly atMost: number }; // prettier-ignore

/** Histories per part; of each part the last is told in other orders too. */
export const PART_HISTORIES = 100;

export async function provePart(part: Part): Promise<Tally> {
  switch (part.is) {
    case 'histories':
      return proveHistories(part);
    case 'permutations':
      return provePermutations(part);
    case 'exhaustive':
      return proveExhaustively(part);
  }
}

/** The same seed gives the same histories, however many workers share them. */
export function numbersOf(seed: number, from: number, count: number): number[] {
  return fc.sample(fc.integer(), { seed: (seed * 1_000_003 + from) | 0, numRuns: count });
}

async function proveHistories({
  seed,
  from,
  count,
}: {
  seed: number;
  from: number;
  count: number;
}): Promise<Tally> {
  const tally = emptyTally();
  for (const number of numbersOf(seed, from, count)) {
    const history = inventHistory(number);
    tally.histories++;
    await look(history, tally);
  }
  return tally;
}

async function look(history: History, tally: Tally): Promise<void> {
  const { faults, faultyStep } = await followHistory(history);
  tally.steps += faultyStep ?? history.steps.length;
  if (faults.length === 0) return;
  for (const kind of new Set(faults.map((fault) => fault.kind))) tally.faults[kind]++;
  if (tally.stories.length < STORIES_MAX) tally.stories.push(await storyOf(history, faults));
}

async function storyOf(history: History, faults: readonly Fault[]): Promise<string> {
  const shrunk = await shrinkHistory(history, faults[0]!.kind);
  const again = await followHistory(shrunk);
  return tellStory(shrunk, again.faults);
}

async function provePermutations({
  seed,
  from,
  count,
}: {
  seed: number;
  from: number;
  count: number;
}): Promise<Tally> {
  const tally = emptyTally();
  const number = numbersOf(seed, from, count).at(-1)!;
  const { orders, divergent } = await permuteHistory(inventHistory(number), new Tape(number));
  tally.permutations += orders;
  if (divergent === undefined) return tally;
  const kind: FaultKind = 'divergent';
  tally.faults[kind]++;
  tally.stories.push(tellStory(divergent, [{ kind, says: 'this order of the same facts ends in another state than that in which they came' }])); // prettier-ignore
  return tally;
}

async function proveExhaustively({
  part,
  parts,
  atMost,
}: {
  part: number;
  parts: number;
  atMost: number;
}): Promise<Tally> {
  const tally = emptyTally();
  let index = 0;
  for (const history of everyBasicMove()) {
    if (index >= atMost) break;
    if (index++ % parts !== part) continue;
    tally.exhaustive++;
    await look(history, tally);
  }
  tally.steps = 0; // the steps that are reported are those of the invented histories
  return tally;
}
