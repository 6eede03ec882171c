import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 12_000;
/** Linux counts a process's CPU in hundredths of a second. */
const TICKS_PER_SECOND = 100;
const BYTES_PER_MB = 1024 * 1024;
/** Loaded before a child of the bench, which has an IPC channel for it: the child stops when the bench is gone, however it went. */
export const ENDS_WITH_PARENT = ['--import', './dist/apps/hub/src/end-with-parent.js'] as const;

/** A stage in a process of its own, as production runs it. */
export class StageProcess {
  private child: ChildProcess | undefined;

  constructor(
    readonly stage: string,
    readonly port: number,
    private readonly environment: Readonly<Record<string, string>>,
    private readonly folder: string,
    private readonly nodeOptions: readonly string[] = [],
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    if (!this.child?.pid) throw new Error(`${this.stage} is not running.`);
    return this.child.pid;
  }

  /** Starts the stage and resolves when it says that it is ready. */
  async start(): Promise<void> {
    const log = createWriteStream(join(this.folder, `${this.stage}.log`), { flags: 'a' });
    const main = `dist/apps/${this.stage}/src/main.js`;
    const child = spawn(process.execPath, [...this.nodeOptions, ...ENDS_WITH_PARENT, main], {
      env: {
        PATH: process.env.PATH,
        LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'warn',
        ...this.environment,
        HTTP_PORT: String(this.port),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout!.pipe(log);
    child.stderr!.pipe(log);
    this.child = child;
    const ends = Date.now() + START_LIMIT_MS;
    while (Date.now() < ends) {
      if (hasEnded(child))
        throw new Error(`${this.stage} ended; see ${this.folder}/${this.stage}.log`);
      const ready = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (ready?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${this.stage} was not ready in time; see ${this.folder}/${this.stage}.log`);
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (!child || hasEnded(child)) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Seconds of CPU that these processes have used so far, those that they started included. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) / TICKS_PER_SECOND;
}

/** A process and all below it. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const fields = statOf(Number(name));
    if (fields) parents.set(Number(name), Number(fields[1]));
  }
  const tree = [root];
  for (let i = 0; i < tree.length; i++) {
    for (const [pid, parent] of parents) if (parent === tree[i]) tree.push(pid);
  }
  return tree;
}

export function rssMb(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return (pages * 4096) / BYTES_PER_MB;
}

function ticksOf(pid: number): number {
  const fields = statOf(pid);
  // utime, stime, and the children that have ended: fields 14 to 17 of proc(5), counted from the state.
  return fields ? fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) : 0;
}

function statOf(pid: number): string[] | undefined {
  if (!Number.isInteger(pid)) return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // it has ended
  }
}
