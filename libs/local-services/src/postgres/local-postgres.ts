import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { readOrMakeSecret } from '../host/files.js';
import { runCommand } from '../host/run-command.js';
import { ServiceProcess, stopLeftover } from '../host/service-process.js';
import { LocalServiceError } from '../local-service-error.js';
import type { PostgresService, Progress } from '../services.js';
import { ensureDatabase, postgresAnswers } from './await-postgres.js';
import { asAccount, postgresAccount, type PostgresAccount } from './postgres-account.js';
import { findPostgresPrograms, postgresVersion } from './postgres-programs.js';
import {
  databaseUrl,
  initialisationArguments,
  postgresSettings,
  settingArguments,
} from './postgres-settings.js';

// Long, since a server that was killed replays its log first.
const startMsMax = 120_000;
const initialiseMsMax = 60_000;
const copyMsMax = 600_000;

/** What a local PostgreSQL is started from. */
export interface LocalPostgresOptions {
  /** Holds data, log and password of this server. */
  folder: string;
  port: number;
  progress: Progress;
}

/** Ends a PostgreSQL that an earlier run left in this folder. Throws `leftover-process`. */
export function stopLeftoverPostgres(folder: string): Promise<void> {
  return stopLeftover({ service: 'PostgreSQL', folder, stopSignal: 'SIGINT' });
}

/** Starts PostgreSQL 18 as a child process of this one, listening on loopback, and waits until it answers. */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<PostgresService> {
  const { folder, port, progress } = options;
  const programs = await findPostgresPrograms();
  mkdirSync(folder, { recursive: true });
  const data = join(folder, 'data');
  refuseUnusable(folder, data);
  const account = postgresAccount(programs.postgres, folder);
  if (!existsSync(data)) {
    progress(`Preparing PostgreSQL ${postgresVersion} …`);
    await initialise(programs.initdb, folder, account);
  }
  const password = readOrMakeSecret(join(folder, 'password'));
  const settings = settingArguments({ ...postgresSettings, port: String(port) });
  const server = new ServiceProcess({
    service: 'PostgreSQL',
    folder,
    logFile: join(folder, 'postgres.log'),
    ...asAccount(account, programs.postgres, ['-D', data, ...settings]),
    stopSignal: 'SIGINT',
  });
  const start = () => startServer(server, data, databaseUrl(port, password, 'postgres'));
  progress(`Starting PostgreSQL ${postgresVersion} …`);
  await start();
  return {
    how: 'local',
    url: databaseUrl(port, password),
    start,
    // PostgreSQL's fast shutdown is SIGINT, its immediate one SIGQUIT.
    stop: (mode = 'fast') => server.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    copyData: async (to) => {
      refuseWhileRunning(server);
      await copyFolder(data, to);
    },
    restoreData: async (from) => {
      refuseWhileRunning(server);
      const fresh = join(folder, 'data.new');
      rmSync(fresh, { recursive: true, force: true });
      await copyFolder(from, fresh);
      rmSync(data, { recursive: true });
      renameSync(fresh, data);
    },
  };
}

async function startServer(server: ServiceProcess, data: string, url: string): Promise<void> {
  if (server.isRunning()) return;
  // Nobody else serves this folder (it is locked, leftovers are gone), so this names a process that died, and its
  // number may be another's by now: PostgreSQL would then refuse to start.
  rmSync(join(data, 'postmaster.pid'), { force: true });
  await server.start();
  try {
    await server.waitUntil(() => postgresAnswers(url), startMsMax);
    await ensureDatabase(url);
  } catch (failure) {
    await server.stop('SIGQUIT');
    throw failure;
  }
}

// The folder is prepared beside its place and then renamed, so what lacks a piece was damaged, not interrupted.
function refuseUnusable(folder: string, data: string): void {
  if (!existsSync(data)) return;
  const pieces = [join(data, 'PG_VERSION'), join(data, 'global/pg_control'), `${folder}/password`];
  if (!pieces.every((piece) => existsSync(piece))) {
    throw new LocalServiceError(
      'data-half-written',
      `PostgreSQL's data in ${data} is half written: start over with \`npm start -- --fresh\`, which deletes the data.`,
    );
  }
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (version === postgresVersion) return;
  throw new LocalServiceError(
    'data-of-other-version',
    `The data in ${data} is PostgreSQL ${version}'s and this is ${postgresVersion}: start over with \`npm start -- --fresh\`, which deletes the data.`,
  );
}

async function initialise(initdb: string, folder: string, account: PostgresAccount) {
  const fresh = join(folder, 'data.new');
  const passwordFile = join(folder, 'password');
  const passwordCopy = join(folder, 'password.new');
  rmSync(fresh, { recursive: true, force: true });
  rmSync(passwordCopy, { force: true });
  mkdirSync(fresh, { mode: 0o700 });
  readOrMakeSecret(passwordFile);
  await runCommand('cp', [passwordFile, passwordCopy], { timeoutMs: initialiseMsMax });
  if (account.uid !== undefined && account.gid !== undefined) {
    for (const path of [fresh, passwordCopy]) chownSync(path, account.uid, account.gid);
  }
  const { command, args, uid, gid } = asAccount(
    account,
    initdb,
    initialisationArguments(fresh, passwordCopy),
  );
  try {
    await runCommand(command, args, { timeoutMs: initialiseMsMax, uid, gid, cwd: folder });
  } catch (cause) {
    throw new LocalServiceError(
      'not-answering',
      `PostgreSQL could not prepare ${fresh}: check that the disk has room and may be written to, and start again.`,
      cause,
    );
  } finally {
    rmSync(passwordCopy, { force: true });
  }
  renameSync(fresh, join(folder, 'data'));
}

// `cp -a` keeps owner and mode, without which PostgreSQL refuses the folder; Node's own copy does not.
async function copyFolder(from: string, to: string): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  mkdirSync(to);
  await runCommand('cp', ['-a', `${from}/.`, to], { timeoutMs: copyMsMax });
}

function refuseWhileRunning(server: ServiceProcess): void {
  if (!server.isRunning()) return;
  throw new LocalServiceError(
    'still-running',
    'Stop PostgreSQL before its data is copied or restored: a copy of a running server is torn.',
  );
}
