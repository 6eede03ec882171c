import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { LocalServiceError } from '../local-service-error.js';
import { isRunning, markOf, readMark } from './process-mark.js';

const attemptsMax = 5;

/**
 * Takes a data folder for this process until the returned function is called. A lock whose process
 * is gone is taken over. Throws `directory-in-use` when a running process holds it, this one included.
 */
export function lockFolder(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'hub.lock');
  const mine = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(mine, JSON.stringify(markOf(process.pid)), { mode: 0o600 });
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
  const who = pid === undefined ? 'Another process' : `Process ${pid}`;
  return new LocalServiceError(
    'directory-in-use',
    `${who} already runs Elevnav's services in ${directory}: stop it first, or give this one another folder.`,
  );
}
