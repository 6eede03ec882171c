import fc from 'fast-check';
import { everyBasicMove } from './basic-move.js';
import type { Fault, FaultKind } from './findings.js';
import { followHistory } from './follow-history.js';
import type { History, Step } from './history.js';
import { inventHistory } from './invent-history.js';
import { permuteHistory } from './permute.js';
import { shrinkHistory } from './shrink-history.js';
import { emptyTally, STORIES_MAX, type Tally } from './tally.js';
import { Tape } from './tape.js';
import { tellStory } from './tell-story.js';

/** One part of the proof, small enough that workers share the parts evenly. */
export type Part = InventedPart | BasicMovePart;

export interface InventedPart {
  readonly is: 'histories' | 'permutations';
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  /** Whether faulty histories are to be shrunk and told. */
  readonly isTold: boolean;
}

export interface BasicMovePart {
  readonly is: 'exhaustive';
  readonly part: number;
  readonly parts: number;
  readonly isTold: boolean;
}

/** Histories per part; of each part the last is told in other orders too. */
export const PART_HISTORIES = 100;
/** So many neighbours among the basic moves go to one worker: they share their first steps. */
const NEIGHBOURS = 500;

export async function provePart(part: Part): Promise<Tally> {
  switch (part.is) {
    case 'histories':
      return proveHistories(part);
    case 'permutations':
      return provePermutations(part);
    case 'exhaustive':
      return proveBasicMoves(part);
  }
}

/** The same seed gives the same histories, however many workers share them; without a bias, or small numbers come again and again. */
export function numbersOf({ seed, from, count }: InventedPart): number[] {
  return fc.sample(fc.noBias(fc.integer()), {
    seed: (seed * 1_000_003 + from) | 0,
    numRuns: count,
  });
}

async function proveHistories(part: InventedPart): Promise<Tally> {
  const tally = emptyTally();
  for (const number of numbersOf(part)) {
    const history = inventHistory(number);
    const { faults, faultyStep } = await followHistory(history);
    tally.histories++;
    tally.steps += faultyStep ?? history.steps.length;
    if (faults.length > 0) await note(history, faults, { tally, part });
  }
  return tally;
}

async function note(
  history: History,
  faults: readonly Fault[],
  { tally, part }: { readonly tally: Tally; readonly part: Part },
): Promise<void> {
  for (const kind of new Set(faults.map((fault) => fault.kind))) tally.faults[kind]++;
  if (!part.isTold || tally.stories.length >= STORIES_MAX) return;
  const shrunk = await shrinkHistory(history, faults[0]!.kind);
  const again = await followHistory(shrunk);
  tally.stories.push(tellStory(shrunk, again.faults));
}

async function provePermutations(part: InventedPart): Promise<Tally> {
  const tally = emptyTally();
  const number = numbersOf(part).at(-1)!;
  const { orders, divergent } = await permuteHistory(inventHistory(number), new Tape(number));
  tally.permutations += orders;
  if (divergent === undefined) return tally;
  const kind: FaultKind = 'divergent';
  tally.faults[kind]++;
  const says = 'told in this order, the same facts end in another state than as they came';
  const { faults } = await followHistory(divergent);
  tally.stories.push(tellStory(divergent, [{ kind, says }, ...faults]));
  return tally;
}

async function proveBasicMoves(part: BasicMovePart): Promise<Tally> {
  const tally = emptyTally();
  let index = 0;
  let before: readonly Step[] = [];
  for (const history of everyBasicMove()) {
    if (Math.floor(index++ / NEIGHBOURS) % part.parts !== part.part) continue;
    const { faults } = await followHistory(history, sharedSteps(before, history.steps));
    before = history.steps;
    tally.exhaustive++;
    if (faults.length > 0) await note(history, faults, { tally, part });
  }
  return tally;
}

function sharedSteps(one: readonly Step[], other: readonly Step[]): number {
  const differs = other.findIndex((step, index) => step !== one[index]);
  return differs < 0 ? other.length : differs;
}
