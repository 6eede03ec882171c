import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { LocalServiceError } from '../local-service-error.js';
import { isRunning, markOf, readMark } from './process-mark.js';

const attemptsMax = 5;

/**
 * Takes a data folder, made when missing, for this process until the returned function is called. A
 * lock whose process is gone is taken over. Throws `directory-in-use` when a running process holds
 * it, this one included, and `directory-unreachable` when this user may not write there.
 */
export function lockFolder(directory: string): () => void {
  const path = join(directory, 'hub.lock');
  const mine = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeMark(directory, mine);
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      if (linkIfFree(mine, path)) return () => rmSync(path, { force: true });
      setAsideIfStale(path, directory);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  throw inUse(directory, undefined);
}

function writeMark(directory: string, path: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(path, JSON.stringify(markOf(process.pid)), { mode: 0o600 });
  } catch (cause) {
    throw new LocalServiceError(
      'directory-unreachable',
      `The data folder ${directory} cannot be written (${(cause as NodeJS.ErrnoException).code}): let this user write there, or set HUB_DIRECTORY to another folder.`,
      cause,
    );
  }
}

// A link appears with its content, so that nobody ever reads a lock that is not yet written.
function linkIfFree(mine: string, path: string): boolean {
  try {
    linkSync(mine, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

// Two processes may find the same stale lock: renaming lets one win, and reading what was renamed shows whether it was
// the stale one or a lock that the other has taken meanwhile, which is put back.
function setAsideIfStale(path: string, directory: string): void {
  const holder = readMark(path);
  if (holder !== undefined && isRunning(holder)) throw inUse(directory, holder.pid);
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw cause;
  }
  const taken = readMark(aside);
  if (taken !== undefined && isRunning(taken)) linkIfFree(aside, path);
  rmSync(aside, { force: true });
}

function inUse(directory: string, pid: number | undefined): LocalServiceError {
  const who = pid === undefined ? '' : ` (process ${pid})`;
  return new LocalServiceError(
    'directory-in-use',
    `Another Elevnav${who} runs on the folder ${directory}: stop it, or give this one another folder (HUB_DIRECTORY) and other ports (ELEVNAV_DASHBOARD_PORT and the others in apps/hub/README.md).`,
  );
}
