import type { Clock } from './clock.js';

export type StepListener = (now: Date) => void | Promise<void>;

/** A clock that stands still until it is stepped, for demos and tests. It only goes forward. */
export class SteppableClock implements Clock {
  private nowMs: number;
  private readonly listeners = new Set<StepListener>();

  constructor(start: Date) {
    this.nowMs = validTime(start);
  }

  now(): Date {
    return new Date(this.nowMs);
  }

  /**
   * The new time holds at once; the promise settles when every listener has done what then falls due.
   *
   * @throws AggregateError when listeners failed, after all of them have run.
   */
  async set(date: Date): Promise<void> {
    const nextMs = validTime(date);
    if (nextMs < this.nowMs) {
      throw new RangeError('The clock only goes forward; make a new one to start earlier.');
    }
    this.nowMs = nextMs;
    const listeners = [...this.listeners];
    const results = await Promise.allSettled(
      listeners.map(async (listener) => listener(new Date(nextMs))),
    );
    const failures = results.filter((result) => result.status === 'rejected');
    if (failures.length > 0) {
      throw new AggregateError(
        failures.map((failure) => failure.reason as unknown),
        `${failures.length} of ${listeners.length} listeners failed when the clock was stepped.`,
      );
    }
  }

  async advance(ms: number): Promise<void> {
    await this.set(new Date(this.nowMs + ms));
  }

  /** @returns a function that ends the listening. */
  onStep(listener: StepListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function validTime(date: Date): number {
  const time = date.getTime();
  if (Number.isNaN(time)) throw new RangeError('The clock was given a date that is none.');
  return time;
}
