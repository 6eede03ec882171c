import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Part } from './prove-part.js';
import { addTally, emptyTally, isFaultless, type Tally } from './tally.js';

const WORKERS_MAX = 16;

export interface WorkerOptions {
  /** Where the built files lie: `dist`. */
  readonly built: string;
  /** The faulty stand-in that every worker is to run with. */
  readonly standIn?: object;
  /** How many at once; as many as there are processors when left out. */
  readonly workers?: number;
  /** Stops at the first fault. */
  readonly stopsAtFault?: boolean;
  readonly atEach?: (tally: Tally) => void;
}

/** Lets worker threads do the parts, each the next one when it is done with one. @returns all that they did and found, together. */
export async function shareParts(parts: Iterable<Part>, options: WorkerOptions): Promise<Tally> {
  const sum = emptyTally();
  const rest = parts[Symbol.iterator]();
  const count = Math.min(options.workers ?? availableParallelism(), WORKERS_MAX);
  await Promise.all(Array.from({ length: count }, () => work(rest, sum, options)));
  return sum;
}

async function work(rest: Iterator<Part>, sum: Tally, options: WorkerOptions): Promise<void> {
  const { built, standIn } = options;
  const worker = new Worker(`${built}/test/prove/histories/worker.js`, { workerData: { standIn } });
  try {
    await new Promise<void>((resolve, reject) => {
      const next = (): void => {
        const { value, done } = rest.next();
        if (done || (options.stopsAtFault && !isFaultless(sum))) resolve();
        else worker.postMessage(value);
      };
      worker.on('message', (tally: Tally) => {
        addTally(sum, tally);
        options.atEach?.(sum);
        next();
      });
      worker.on('error', reject);
      worker.on('online', next);
    });
  } finally {
    await worker.terminate();
  }
}
