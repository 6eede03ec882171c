import { FAULT_KINDS, type FaultKind } from './findings.js';

/** What one worker has done and found, or all of them together. */
export interface Tally {
  histories: number;
  steps: number;
  permutations: number;
  exhaustive: number;
  readonly faults: Record<FaultKind, number>;
  /** Stories of the first faulty histories, shrunk. */
  readonly stories: string[];
}

export const STORIES_MAX = 5;

export function emptyTally(): Tally {
  const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0])) as Tally['faults'];
  return { histories: 0, steps: 0, permutations: 0, exhaustive: 0, faults, stories: [] };
}

export function addTally(sum: Tally, more: Tally): void {
  for (const part of ['histories', 'steps', 'permutations', 'exhaustive'] as const) sum[part] += more[part]; // prettier-ignore
  for (const kind of FAULT_KINDS) sum.faults[kind] += more.faults[kind];
  sum.stories.push(...more.stories.slice(0, STORIES_MAX - sum.stories.length));
}

export function isFaultless({ faults }: Tally): boolean {
  return FAULT_KINDS.every((kind) => faults[kind] === 0);
}
