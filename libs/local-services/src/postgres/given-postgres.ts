import { LocalServiceError } from '../local-service-error.js';
import type { PostgresService } from '../services.js';
import { postgresAnswers } from './await-postgres.js';

/** The PostgreSQL that DATABASE_URL names. Throws `setting-invalid` or `not-answering`. */
export async function findGivenPostgres(url: string): Promise<PostgresService> {
  if (!URL.canParse(url)) {
    throw new LocalServiceError(
      'setting-invalid',
      'Change DATABASE_URL to the form postgres://user:password@host:port/database.',
    );
  }
  // The URL holds a password, so sentences name its host only.
  const { host } = new URL(url);
  if (!(await postgresAnswers(url))) {
    throw new LocalServiceError(
      'not-answering',
      `PostgreSQL at ${host} does not answer or refuses the user in DATABASE_URL: mend that, or unset DATABASE_URL to have one started here.`,
    );
  }
  const notOurs = (): Promise<never> =>
    Promise.reject(
      new LocalServiceError(
        'not-ours',
        `DATABASE_URL gave this PostgreSQL (${host}), so stop, start or copy it where it was started.`,
      ),
    );
  return {
    how: 'env',
    url,
    stop: notOurs,
    start: notOurs,
    copyData: notOurs,
    restoreData: notOurs,
  };
}
