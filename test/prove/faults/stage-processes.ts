import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const RESTART_PAUSE_MS = 250;
const READY_MS_MAX = 120_000;
const STOP_MS_MAX = 20_000;
const POLL_MS = 100;
/** One that has just ended by itself is started again within moments; until then there is nothing to kill. */
const RUNNING_MS_MAX = 5_000;

export interface StageProcessOptions {
  /** Names the process: a stage, or a stage and a number. */
  readonly name: string;
  /** The built file of its main. */
  readonly main: string;
  /** The built file that is loaded before it, so that it stops when this process is gone, however it went. */
  readonly endWithParent: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Where its log goes. */
  readonly directory: string;
  readonly port: number;
}

/** One stage as a child process, started again whenever it ends, as a supervisor in operation would. */
export class StageProcess {
  private child: ChildProcess | undefined;
  private wanted = false;
  /** How often it ended without being told to. */
  crashes = 0;
  private isKilled = false;

  constructor(readonly options: StageProcessOptions) {}

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  start(): void {
    this.wanted = true;
    const { name, main, endWithParent, environment, directory, port } = this.options;
    const log = openSync(join(directory, `${name}.log`), 'a');
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', '--import', endWithParent, main],
      {
        env: { PATH: process.env['PATH'], ...environment, HTTP_PORT: String(port) },
        stdio: ['ignore', log, log, 'ipc'],
      },
    );
    closeSync(log);
    this.child = child;
    child.once('exit', () => {
      if (this.child === child) this.child = undefined;
      if (!this.wanted) return;
      if (!this.isKilled) this.crashes++;
      this.isKilled = false;
      setTimeout(() => this.wanted && !this.child && this.start(), RESTART_PAUSE_MS);
    });
  }

  /** Resolves once the stage says that it is ready. */
  async ready(): Promise<void> {
    const ends = Date.now() + READY_MS_MAX;
    for (;;) {
      const response = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (response?.ok) return;
      if (Date.now() > ends) {
        throw new Error(`${this.options.name} was not ready within two minutes; read its log.`);
      }
      await pause(POLL_MS);
    }
  }

  get isRunning(): boolean {
    return this.child !== undefined;
  }

  /** SIGKILL; it is started again. @returns whether there was a process, and this is what it died of. */
  async kill(): Promise<boolean> {
    const ends = Date.now() + RUNNING_MS_MAX;
    while (!this.child && Date.now() < ends) await pause(POLL_MS);
    const { child } = this;
    if (!child) return false;
    this.isKilled = true;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    return child.signalCode === 'SIGKILL';
  }

  /** SIGTERM, and SIGKILL when that takes too long; it is not started again. @returns whether it went by itself. */
  async stop(): Promise<boolean> {
    this.wanted = false;
    const { child } = this;
    if (!child) return true;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await gone;
    clearTimeout(patience);
    return child.signalCode !== 'SIGKILL';
  }
}
