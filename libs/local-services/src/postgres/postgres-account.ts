import { spawnSync } from 'node:child_process';

import { LocalServiceError } from '../local-service-error.js';

/** As whom PostgreSQL runs: it refuses to run as root. */
export interface PostgresAccount {
  /** Undefined when this process is not root: PostgreSQL then runs as the same user. */
  uid?: number;
  gid?: number;
  /** Whether the folders on the way to the data are closed to that user (a checkout under /root, say). */
  needsPassage: boolean;
}

/** A command as the account runs it. */
export interface AccountCommand {
  command: string;
  args: string[];
  uid?: number;
  gid?: number;
}

/**
 * The account for a server whose program and folder are given. As root, the user `postgres` is
 * used, and made where there is none. Throws `directory-unreachable` when that user cannot get to
 * them and `setpriv` (util-linux) cannot help.
 */
export function postgresAccount(program: string, folder: string): PostgresAccount {
  if (process.getuid?.() !== 0) return { needsPassage: false };
  const account = { ...rootsPostgresUser(), needsPassage: false };
  if (canReach(account, program, folder)) return account;
  const withPassage = { ...account, needsPassage: true };
  if (canReach(withPassage, program, folder)) return withPassage;
  throw new LocalServiceError(
    'directory-unreachable',
    `PostgreSQL cannot run as root, and the user postgres may not enter ${folder}: start Elevnav as an ordinary user, or move it to a folder that others may enter (\`chmod o+x\` on each folder of the path).`,
  );
}

/** Turns a command into one that the account runs. */
export function asAccount(
  account: PostgresAccount,
  command: string,
  args: readonly string[],
): AccountCommand {
  const { uid, gid, needsPassage } = account;
  if (uid === undefined || gid === undefined) return { command, args: [...args] };
  if (!needsPassage) return { command, args: [...args], uid, gid };
  // Keeps, of all of root's rights, the one to pass closed folders; the process is the user's in all else.
  const rights = ['--inh-caps=-all,+dac_override', '--ambient-caps=-all,+dac_override'];
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  return { command: 'setpriv', args: [...identity, ...rights, '--', command, ...args] };
}

function canReach(account: PostgresAccount, program: string, folder: string): boolean {
  const { command, args, uid, gid } = asAccount(account, '/bin/sh', [
    '-c',
    'test -x "$1" && test -x "$2"',
    'reach',
    program,
    folder,
  ]);
  return spawnSync(command, args, { uid, gid, cwd: '/' }).status === 0;
}

function rootsPostgresUser(): { uid: number; gid: number } {
  const found = lookUp();
  if (found !== undefined) return found;
  const made = spawnSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
    encoding: 'utf8',
  });
  const user = lookUp();
  if (user !== undefined) return user;
  throw new LocalServiceError(
    'directory-unreachable',
    'PostgreSQL cannot run as root and there is no user postgres: start Elevnav as an ordinary user, or make that user (`useradd --system --user-group postgres`).',
    made.error ?? new Error(made.stderr),
  );
}

function lookUp(): { uid: number; gid: number } | undefined {
  const id = (flag: string) => {
    const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
    return status === 0 ? Number(stdout.trim()) : undefined;
  };
  const uid = id('-u');
  const gid = id('-g');
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}
