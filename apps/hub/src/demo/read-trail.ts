import { setTimeout as delay } from 'node:timers/promises';

/** One step of the trail as the dashboard gives it. */
export interface TrailStep {
  readonly stage: string;
  readonly cause: string;
  readonly type: string;
  readonly outcome: string;
  readonly detail?: string;
}

const TRAIL_LIMIT_MS = 10_000;
const POLL_MS = 100;

/** The way of source events through the stages, once those that are awaited are on it; what is there, should the trail be slow. */
export async function readTrail(
  dashboard: string,
  causes: readonly string[],
  awaited: readonly string[],
): Promise<readonly TrailStep[]> {
  const ends = performance.now() + TRAIL_LIMIT_MS;
  const trails = await Promise.all(
    causes.map(async (cause) => {
      for (;;) {
        const query = new URLSearchParams({ id: cause });
        const response = await fetch(`${dashboard}/v1/trail?${query.toString()}`);
        const { steps } = (await response.json()) as { steps: TrailStep[] };
        const own = steps.filter((step) => step.cause === cause);
        const isTold = awaited.every((name) => own.some(({ stage }) => stage === name));
        if (isTold || performance.now() > ends) return own.sort(byPath);
        await delay(POLL_MS);
      }
    }),
  );
  return trails.flat();
}

const PATH = ['ingest', 'normalise', 'test-access', 'publish'];

/** Stages tell of themselves when they have time to; the reader wants the order of the path. */
function byPath(one: TrailStep, other: TrailStep): number {
  return PATH.indexOf(one.stage) - PATH.indexOf(other.stage);
}
