import type { AccessEntry, AccessState } from '#canonical';

export interface GapCount {
  /** States without a usable entry after one with: the pupils of the demo are entitled all along. */
  readonly accessGaps: number;
  /** States with more than one home. */
  readonly doubleHomes: number;
}

/** Replays a pupil's access, state by state, and counts what must never be. */
export function countGaps(states: readonly AccessState[]): GapCount {
  let hadUsable = false;
  let accessGaps = 0;
  let doubleHomes = 0;
  for (const { entries } of states) {
    const usable = entries.some(isUsable);
    if (hadUsable && !usable) accessGaps++;
    if (entries.filter(({ home }) => home).length > 1) doubleHomes++;
    hadUsable ||= usable;
  }
  return { accessGaps, doubleHomes };
}

/** An entry is usable once its huvudman's EPPN is known (design §6). */
export function isUsable({ role, eppn }: AccessEntry): boolean {
  return role === 'pupil' && eppn !== null;
}
