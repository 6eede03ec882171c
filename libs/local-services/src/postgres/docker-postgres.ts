import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import {
  refuseWithoutPassword,
  runInContainer,
  startDockerContainer,
  volumeName,
  type DockerContainer,
} from '../host/docker-container.js';
import { readOrMakeSecret } from '../host/files.js';
import { LocalServiceError } from '../local-service-error.js';
import type { PostgresService } from '../services.js';
import { ensureDatabase, postgresAnswers } from './await-postgres.js';
import type { LocalPostgresOptions } from './local-postgres.js';
import { postgresVersion } from './postgres-programs.js';
import {
  databaseName,
  databaseUrl,
  postgresSettings,
  settingArguments,
} from './postgres-settings.js';

const image = `postgres:${postgresVersion}`;
// Since version 18 the image keeps its data in a folder per version below this one.
const dataFolder = '/var/lib/postgresql';

/** The volume that holds the data of a folder's PostgreSQL. */
export function postgresVolume(folder: string): string {
  return volumeName('postgres', folder);
}

/** Starts the official PostgreSQL image with the same settings as the local one. */
export async function startDockerPostgres(options: LocalPostgresOptions): Promise<PostgresService> {
  const { folder, port, progress } = options;
  mkdirSync(folder, { recursive: true });
  const passwordFile = join(folder, 'password');
  const volume = postgresVolume(folder);
  await refuseWithoutPassword({ service: 'PostgreSQL', volume, passwordFile });
  const password = readOrMakeSecret(passwordFile);
  const serverUrl = databaseUrl(port, password, 'postgres');
  const settings = { ...postgresSettings, listen_addresses: '*', port: String(port) };
  progress(`Starting PostgreSQL ${postgresVersion} in Docker …`);
  const container = await startDockerContainer({
    service: 'PostgreSQL',
    image,
    ports: [port],
    volume: { name: volume, target: dataFolder },
    command: ['postgres', ...settingArguments(settings)],
    environment: {
      POSTGRES_USER: databaseName,
      POSTGRES_PASSWORD: password,
      POSTGRES_INITDB_ARGS:
        '--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C',
    },
    answers: () => postgresAnswers(serverUrl),
  });
  await ensureDatabase(serverUrl);
  return {
    how: 'docker',
    url: databaseUrl(port, password),
    start: () => container.start(),
    stop: (mode = 'fast') => (mode === 'fast' ? container.stop() : container.signal('SIGQUIT')),
    copyData: async (to) => {
      await refuseWhileRunning(container);
      mkdirSync(to);
      await copyInContainer(folder, to, 'cp -a /volume/. /copy/');
    },
    restoreData: async (from) => {
      await refuseWhileRunning(container);
      const emptied = 'find /volume -mindepth 1 -delete';
      await copyInContainer(folder, from, `${emptied} && cp -a /copy/. /volume/`);
    },
  };
}

async function copyInContainer(folder: string, copy: string, script: string): Promise<void> {
  await runInContainer({
    image,
    command: ['/bin/sh', '-c', script],
    mounts: [
      { source: postgresVolume(folder), target: '/volume' },
      { source: resolve(copy), target: '/copy' },
    ],
  });
}

async function refuseWhileRunning(container: DockerContainer): Promise<void> {
  if (!(await container.isRunning())) return;
  throw new LocalServiceError(
    'still-running',
    'Stop PostgreSQL before its data is copied or restored: a copy of a running server is torn.',
  );
}
