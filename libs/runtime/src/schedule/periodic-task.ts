import type { Log } from '../log/log.js';

export interface PeriodicTaskOptions {
  /** `<stage>.<what>`. */
  readonly name: string;
  readonly everyMs: number;
  /** One run: until nothing is left to do now. It may throw; the next one tries again. */
  readonly run: () => Promise<void>;
  /** What the log says when a run has failed, without a full stop. */
  readonly failure: string;
  /** Whether the first run comes when the process starts, and not after the first interval. */
  readonly isAtStart?: boolean;
}

/** What a process does again and again by time. One run at a time: a tick that comes while one is under way is none. */
export class PeriodicTask {
  private running: Promise<void> | undefined;
  private failingSinceMs: number | undefined;

  constructor(
    readonly options: PeriodicTaskOptions,
    private readonly log: Log,
  ) {}

  /** For how long no run has ended well, in milliseconds; 0 when the last one did. */
  get failingMs(): number {
    return this.failingSinceMs === undefined ? 0 : Date.now() - this.failingSinceMs;
  }

  /** Runs now, or joins the run under way. @throws what the run throws. */
  now(): Promise<void> {
    this.running ??= this.run().finally(() => (this.running = undefined));
    return this.running;
  }

  /** As `now`, but a failure is logged and never thrown. */
  async tick(): Promise<void> {
    if (this.running) return;
    try {
      await this.now();
    } catch (error) {
      this.log.failure(`${this.options.failure}; tried again soon`, error, {}, 'warn');
    }
  }

  /** Settles when no run is under way, however it ended: whoever asked for it is told. */
  async ended(): Promise<void> {
    await this.running?.catch(() => undefined);
  }

  private async run(): Promise<void> {
    try {
      await this.options.run();
      this.failingSinceMs = undefined;
    } catch (error) {
      this.failingSinceMs ??= Date.now();
      throw error;
    }
  }
}
