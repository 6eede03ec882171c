import type { Shutdown } from '../shutdown/shutdown.js';

export interface Chunks {
  /** What one step does at most. */
  readonly size: number;
  /** What is left after so many steps is left for the next time. */
  readonly stepsMax: number;
  readonly shutdown: Pick<Shutdown, 'isClosing'>;
}

/**
 * Repeats a step that says how many it has done, until one does fewer than it might have, so that no transaction holds its locks for long.
 * Ends early when the process closes.
 *
 * @returns how many all steps have done.
 */
export async function inChunks(
  step: (size: number) => Promise<number>,
  { size, stepsMax, shutdown }: Chunks,
): Promise<number> {
  let done = 0;
  for (let steps = 0; steps < stepsMax && !shutdown.isClosing; steps++) {
    const now = await step(size);
    done += now;
    if (now < size) break;
  }
  return done;
}
