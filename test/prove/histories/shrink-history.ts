import { followHistory } from './follow-history.js';
import type { FaultKind } from './findings.js';
import { dayNumber, type History, type Step } from './history.js';
import { FIRST_DAY } from './world.js';

const ROUNDS_MAX = 20;

/** Leaves out steps, and days, one after the other, for as long as a fault of the same kind is still there. */
export async function shrinkHistory(history: History, kind: FaultKind): Promise<History> {
  let steps = await cut(history.steps, kind);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const smaller = await shrinkOnce(steps, kind);
    if (smaller === undefined) break;
    steps = smaller;
  }
  return { steps };
}

/** Nothing after the fault matters. */
async function cut(steps: readonly Step[], kind: FaultKind): Promise<readonly Step[]> {
  const { faultyStep, faults } = await followHistory({ steps });
  const isSame = faults.some((fault) => fault.kind === kind);
  return isSame ? steps.slice(0, faultyStep! + 1) : steps;
}

async function shrinkOnce(
  steps: readonly Step[],
  kind: FaultKind,
): Promise<readonly Step[] | undefined> {
  let best: readonly Step[] | undefined;
  for (let index = 0; index < (best ?? steps).length; index++) {
    const now: readonly Step[] = best ?? steps;
    for (const smaller of smallerAt(now, index)) {
      if (!(await isFaulty(smaller, kind))) continue;
      best = smaller;
      index--;
      break;
    }
  }
  return best;
}

function smallerAt(steps: readonly Step[], index: number): (readonly Step[])[] {
  const step = steps[index]!;
  const without = [...steps.slice(0, index), ...steps.slice(index + 1)];
  if (step.is !== 'days') return [without];
  const fewer = [Math.floor(step.days / 2), step.days - 1].filter((days) => days > 0);
  return [
    without,
    ...fewer.map((days) => steps.map((one, at) => (at === index ? { ...step, days } : one))),
  ];
}

async function isFaulty(steps: readonly Step[], kind: FaultKind): Promise<boolean> {
  if (!isPossible(steps)) return false;
  const { faults } = await followHistory({ steps });
  return faults.some((fault) => fault.kind === kind);
}

/** Nobody hears today what is said tomorrow. */
function isPossible(steps: readonly Step[]): boolean {
  let day = dayNumber(FIRST_DAY);
  for (const step of steps) {
    if (step.is === 'days') day += step.days;
    else if (step.is === 'told' && dayNumber(step.telling.fact.modified) > day) return false;
  }
  return true;
}
