import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Environment } from '#runtime';
import { HubError } from './hub-error.js';
import type { HubStage } from './hub-stages.js';

export interface ProcessParts {
  readonly environmentOf: (stage: HubStage) => Environment;
  readonly urlOf: (stage: HubStage) => string;
  readonly logFileOf: (stage: HubStage) => string;
  readonly tell: (sentence: string) => void;
  readonly signal: AbortSignal;
}

const READY_LIMIT_MS = 60_000;
const POLL_MS = 100;
const ASK_LIMIT_MS = 2_000;
const STOP_LIMIT_MS = 7_000;
const RESTART_MS = 500;
const RESTART_MS_MAX = 15_000;
/** A stage that has lived this long begins its pauses anew. */
const SETTLED_MS = 60_000;

/**
 * Each stage as a child process, watched: one that ends is told of and started again, after a pause that grows while it keeps ending.
 * Nothing is lost by that: positions lie in PostgreSQL, and what was not acknowledged is sent again.
 */
export class StageProcesses {
  private readonly children = new Map<HubStage, ChildProcess>();

  constructor(private readonly parts: ProcessParts) {}

  /** Resolves when the stage is ready; from then on it is kept alive. */
  async start(stage: HubStage): Promise<void> {
    const child = await this.spawn(stage);
    const ended = once(child, 'exit').then(() => {
      const log = this.parts.logFileOf(stage);
      throw new HubError(`${stage} ended before it was ready: read ${log}, mend what it says and start again.`); // prettier-ignore
    });
    await Promise.race([this.ready(stage), ended]);
    ended.catch(() => undefined); // from here on an end is the watcher's to tell
    void this.keepAlive(stage, child);
  }

  pidOf(stage: HubStage): number | undefined {
    return this.children.get(stage)?.pid;
  }

  /** Asks one stage, or all that run, to stop, and kills what does not within 7 s. */
  async stop(stages: readonly HubStage[] = [...this.children.keys()]): Promise<void> {
    await Promise.all(
      stages.map(async (stage) => {
        const child = this.children.get(stage);
        if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
        const gone = once(child, 'exit');
        child.kill('SIGTERM');
        const patience = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
        await gone;
        clearTimeout(patience);
      }),
    );
  }

  private async spawn(stage: HubStage): Promise<ChildProcess> {
    const log = openSync(this.parts.logFileOf(stage), 'a');
    const folder = import.meta.dirname;
    const child = spawn(
      process.execPath,
      ['--import', join(folder, 'end-with-parent.js'), join(folder, '../..', stage, 'src/main.js')],
      // A group of its own: Ctrl-C reaches the hub only, which stops its stages before their services.
      { env: this.parts.environmentOf(stage), detached: true, stdio: ['ignore', log, log, 'ipc'] },
    );
    closeSync(log);
    this.children.set(stage, child);
    await once(child, 'spawn');
    return child;
  }

  private async keepAlive(stage: HubStage, first: ChildProcess): Promise<void> {
    const { tell, signal } = this.parts;
    let child = first;
    let pauseMs = RESTART_MS;
    for (;;) {
      const startedMs = performance.now();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      if (signal.aborted) return;
      if (performance.now() - startedMs > SETTLED_MS) pauseMs = RESTART_MS;
      const how = child.signalCode ?? `code ${child.exitCode}`;
      tell(`${stage} (process ${child.pid}) ended by ${how}; starting it again in ${pauseMs / 1_000} s.`); // prettier-ignore
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, RESTART_MS_MAX);
      child = await this.spawn(stage);
      const restarted = child;
      void this.ready(stage).then(
        () => tell(`${stage} is back as process ${restarted.pid}.`),
        () => undefined, // it ended again, which is told above
      );
    }
  }

  private async ready(stage: HubStage): Promise<void> {
    const child = this.children.get(stage);
    const ends = performance.now() + READY_LIMIT_MS;
    while (this.children.get(stage) === child && !this.parts.signal.aborted) {
      if (await answersReady(`${this.parts.urlOf(stage)}/health/ready`)) return;
      if (performance.now() > ends) break;
      await delay(POLL_MS);
    }
    throw new HubError(`${stage} was not ready within ${READY_LIMIT_MS / 1_000} s: read ${this.parts.logFileOf(stage)}.`); // prettier-ignore
  }
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ASK_LIMIT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
