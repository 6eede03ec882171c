import { randomUUID } from 'node:crypto';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { TrailData } from '#canonical';
import type { TrailWriter } from './trail-writer.js';

const SIGN_EVERY_MS = 5_000;

export type ParkedByCause = NonNullable<TrailData['parked']>;

export interface LifeSignsOptions {
  readonly stage: string;
  readonly trail: TrailWriter;
  /** What could not be found out for a sign; the next one tells it. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Tells the trail every 5 s that this process of a stage lives, since when, and what the stage has parked. The last sign of an orderly
 * end says so; a process that was killed just falls silent. The dashboard tells from them what began anew, and why.
 */
export class LifeSigns implements OnApplicationBootstrap {
  private readonly process = { id: randomUUID(), startedAt: new Date().toISOString() };
  private parkedNow: () => Promise<ParkedByCause> = () => Promise.resolve([]);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LifeSignsOptions) {}

  /** A stage with a store names here where its parked events are counted. */
  countParked(count: () => Promise<ParkedByCause>): void {
    this.parkedNow = count;
  }

  onApplicationBootstrap(): void {
    void this.sign();
    this.timer = setInterval(() => void this.sign(), SIGN_EVERY_MS).unref();
  }

  /** Gives the last sign. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    if (!this.timer) return;
    this.write([], { ...this.process, ends: true });
    await this.options.trail.flush();
  }

  private async sign(): Promise<void> {
    try {
      this.write(await this.parkedNow(), this.process);
    } catch (error) {
      this.options.onFailure(error);
    }
  }

  private write(parked: ParkedByCause, process: TrailData['process']): void {
    const at = new Date().toISOString();
    this.options.trail.write({
      stage: this.options.stage,
      topic: '',
      partition: 0,
      at,
      durationMs: 0,
      events: [],
      parked,
      process,
    });
  }
}
