import type { Log } from '../log/log.js';

export type ShutdownHook = () => void | Promise<void>;

export interface ShutdownReport {
  readonly isClean: boolean;
  /** Names of the hooks that did not end in their time, or were not reached in the whole time. */
  readonly hung: readonly string[];
  readonly failed: readonly string[];
}

export interface ShutdownOptions {
  readonly log: Log;
  /** Of the whole shutdown; 10 s unless told otherwise. */
  readonly limitMs?: number;
  /** Ends the process; exchanged in specs, and where an end by a signal is never a success. */
  readonly exit?: (code: number) => void;
}

interface Registered {
  readonly name: string;
  readonly hook: ShutdownHook;
  readonly limitMs: number;
}

type Outcome = 'done' | 'hung' | 'failed';

const WHOLE_LIMIT_MS = 10_000;
const HOOK_LIMIT_MS = 5_000;
/** Ctrl-C under npm arrives twice, from the terminal and from npm; only a later one is a second wish. */
const SAME_SIGNAL_MS = 1_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Closes what was opened, the last opened first, each part within its time and all within 10 s. What hangs or fails is
 * named in the log and holds up the rest no longer than its limit.
 */
export class Shutdown {
  private readonly hooks: Registered[] = [];
  private readonly abort = new AbortController();
  private closing: Promise<ShutdownReport> | undefined;

  constructor(private readonly options: ShutdownOptions) {}

  /** Aborted when the shutdown begins: what waits long (a long poll, a pause) listens to it. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  get isClosing(): boolean {
    return this.abort.signal.aborted;
  }

  /**
   * Add a hook when the thing it closes is opened. Hooks run one after another, the last added first; each has 5 s
   * unless told otherwise.
   *
   * @returns a function that takes the hook away, for what is closed earlier.
   */
  add(name: string, hook: ShutdownHook, options: { readonly limitMs?: number } = {}): () => void {
    if (this.isClosing) throw new Error(`"${name}" was opened while the process is stopping.`);
    const registered = { name, hook, limitMs: options.limitMs ?? HOOK_LIMIT_MS };
    this.hooks.push(registered);
    return () => {
      const index = this.hooks.indexOf(registered);
      if (index >= 0) this.hooks.splice(index, 1);
    };
  }

  /** Runs the shutdown once; whoever asks again gets the same report. Never rejects and never ends the process. */
  async begin(reason: string): Promise<ShutdownReport> {
    this.closing ??= this.run(reason);
    return this.closing;
  }

  /**
   * From now on SIGTERM and SIGINT, or those that are named, stop the process: 0 when clean, 1 otherwise.
   *
   * @returns a function that ends this.
   */
  listen(signals: readonly NodeJS.Signals[] = SIGNALS): () => void {
    let firstAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (firstAt === undefined) {
        firstAt = performance.now();
        void this.begin(signal).then((report) => this.exit(report.isClean ? 0 : 1));
      } else if (performance.now() - firstAt > SAME_SIGNAL_MS) {
        this.options.log.warn('A second signal ends the process at once', { signal });
        this.exit(1);
      }
    };
    for (const signal of signals) process.on(signal, onSignal);
    return () => signals.forEach((signal) => process.off(signal, onSignal));
  }

  private async run(reason: string): Promise<ShutdownReport> {
    const startedAt = performance.now();
    const endsAt = startedAt + (this.options.limitMs ?? WHOLE_LIMIT_MS);
    this.abort.abort();
    const outcomes: { readonly name: string; readonly outcome: Outcome }[] = [];
    for (const registered of [...this.hooks].reverse()) {
      const limitMs = Math.min(registered.limitMs, endsAt - performance.now());
      outcomes.push({ name: registered.name, outcome: await this.runHook(registered, limitMs) });
    }
    const named = (wanted: Outcome): string[] =>
      outcomes.filter(({ outcome }) => outcome === wanted).map(({ name }) => name);
    const report = { hung: named('hung'), failed: named('failed') };
    const isClean = report.hung.length === 0 && report.failed.length === 0;
    const durationMs = Math.round(performance.now() - startedAt);
    const outcome = isClean ? 'stopped' : 'stopped-uncleanly';
    this.options.log.line({ outcome, reason, durationMs, ...report }, isClean ? 'info' : 'error');
    return { isClean, ...report };
  }

  private async runHook(registered: Registered, limitMs: number): Promise<Outcome> {
    if (limitMs < 1) return 'hung';
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Outcome>((resolve) => {
      // A fraction would be cut off, and what is left of the whole time spent on the next hook.
      timer = setTimeout(() => resolve('hung'), Math.ceil(limitMs));
    });
    try {
      return await Promise.race([this.ended(registered), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async ended({ name, hook }: Registered): Promise<Outcome> {
    try {
      await hook();
      return 'done';
    } catch (error) {
      this.options.log.failure('A shutdown hook failed', error, { hook: name });
      return 'failed';
    }
  }

  private exit(code: number): void {
    (this.options.exit ?? process.exit)(code);
  }
}
