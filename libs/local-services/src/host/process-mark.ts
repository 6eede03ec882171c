import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** A process that can be told from a later one that was given the same number. */
export interface ProcessMark {
  pid: number;
  startedAt: string;
}

const hasProcFolder = existsSync('/proc/self/stat');

/** The mark of a running process; undefined when none runs under that number (a zombie does not run). */
export function markOf(pid: number): ProcessMark | undefined {
  const startedAt = hasProcFolder ? startFromProc(pid) : startFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether the marked process still runs. */
export function isRunning(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.startedAt === mark.startedAt;
}

/** Reads a mark that was written as JSON; undefined when the file is missing or not a mark. */
export function readMark(path: string): ProcessMark | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const read = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessMark>;
    if (typeof read.pid !== 'number' || typeof read.startedAt !== 'string') return undefined;
    return { pid: read.pid, startedAt: read.startedAt };
  } catch {
    // Cut off while being written: it marks nothing, and its writer died before anything started.
    return undefined;
  }
}

// proc(5): after the command in brackets, which may hold anything, come the state (field 3) and the start time in
// clock ticks since boot (field 22); the boot's id tells one boot from the next.
function startFromProc(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  const { stdout, status } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
  });
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}
