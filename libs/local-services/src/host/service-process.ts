import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { LocalServiceError } from '../local-service-error.js';
import { lastLines, openLog, writeSecretFile } from './files.js';
import { isRunning, markOf, readMark } from './process-mark.js';

const stopMsMax = 30_000;
const killMsMax = 10_000;
const pollMs = 25;

/** How to run a service as a child. */
export interface ServiceProcessOptions {
  /** The service's name, for sentences. */
  service: string;
  /** Holds the child's log and its process number, so that a later start finds what this one left. */
  folder: string;
  logFile: string;
  command: string;
  args: readonly string[];
  uid?: number;
  gid?: number;
  /** The signal that asks for an orderly end. */
  stopSignal: NodeJS.Signals;
}

/**
 * A service as a child process. It never outlives this process: a guard (a shell that waits for
 * the end of a pipe) ends it even when this process is killed. It leads its own process group, so
 * that Ctrl-C reaches the hub only, which stops its services last.
 */
export class ServiceProcess {
  readonly #options: ServiceProcessOptions;
  #child: ChildProcess | undefined;

  constructor(options: ServiceProcessOptions) {
    this.#options = options;
  }

  pid(): number | undefined {
    return this.#child?.pid;
  }

  isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Starts the child and resolves once it exists; it may not be ready yet. */
  async start(): Promise<void> {
    const { command, args, folder, logFile, uid, gid, stopSignal } = this.#options;
    const log = openLog(logFile);
    const child = spawn(command, args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', log, log],
      uid,
      gid,
    });
    closeSync(log);
    await once(child, 'spawn');
    child.unref();
    const guard = startGuard(child.pid ?? 0, stopSignal);
    this.#child = child;
    child.once('exit', () => {
      guard.kill('SIGKILL');
      rmSync(markPath(folder), { force: true });
      this.#child = undefined;
    });
    // After the guard: where the mark cannot be written, the child still does not outlive this process.
    const mark = markOf(child.pid ?? 0);
    if (mark !== undefined) writeSecretFile(markPath(folder), JSON.stringify(mark));
  }

  /** Sends the signal and resolves once the child is gone; after 30 s it is killed. */
  async stop(signal: NodeJS.Signals = this.#options.stopSignal): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.ref();
    const gone = once(child, 'exit');
    child.kill(signal);
    const patience = setTimeout(() => child.kill('SIGKILL'), stopMsMax);
    await gone;
    clearTimeout(patience);
  }

  /**
   * Resolves once `answers` resolves to true. Rejects with `not-answering`, naming the log, when
   * the child ends before that or does not answer in time.
   */
  async waitUntil(answers: () => Promise<boolean>, waitMsMax: number): Promise<void> {
    const until = Date.now() + waitMsMax;
    while (this.isRunning() && Date.now() < until) {
      if (await answers()) return;
      await sleep(pollMs * 2);
    }
    const { service, logFile } = this.#options;
    const what = this.isRunning() ? `did not answer within ${waitMsMax / 1000} s` : 'ended at once';
    throw new LocalServiceError(
      'not-answering',
      `${service} ${what}: read ${logFile}, mend what it says and start again.`,
      new Error(lastLines(logFile)),
    );
  }
}

/**
 * Ends a service that an earlier run left in this folder. Throws `leftover-process` with the
 * process number when it cannot be ended.
 */
export async function stopLeftover(options: {
  service: string;
  folder: string;
  stopSignal: NodeJS.Signals;
}): Promise<void> {
  const path = markPath(options.folder);
  const mark = existsSync(path) ? readMark(path) : undefined;
  if (mark !== undefined && isRunning(mark)) {
    try {
      process.kill(mark.pid, options.stopSignal);
      if (!(await isGoneWithin(mark, stopMsMax))) process.kill(mark.pid, 'SIGKILL');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw leftover(options.service, mark.pid, cause);
      }
    }
    if (!(await isGoneWithin(mark, killMsMax))) throw leftover(options.service, mark.pid);
  }
  rmSync(path, { force: true });
}

async function isGoneWithin(mark: { pid: number; startedAt: string }, ms: number) {
  const until = Date.now() + ms;
  while (isRunning(mark)) {
    if (Date.now() > until) return false;
    await sleep(pollMs);
  }
  return true;
}

// The pipe closes when this process ends, however it ends; the shell then reads no more and asks the service to stop.
function startGuard(pid: number, signal: NodeJS.Signals): ChildProcess {
  const script = 'while read -r line; do :; done; kill -s "$1" "$2" 2>/dev/null';
  const guard = spawn('/bin/sh', ['-c', script, 'elevnav-guard', signal.slice(3), String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  guard.stdin?.on('error', () => undefined);
  (guard.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return guard;
}

function leftover(service: string, pid: number, cause?: unknown): LocalServiceError {
  return new LocalServiceError(
    'leftover-process',
    `A ${service} of an earlier run still uses this folder: end it with \`kill -9 ${pid}\` and start again.`,
    cause,
  );
}

function markPath(folder: string): string {
  return join(folder, 'process.json');
}
