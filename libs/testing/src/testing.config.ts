import { processEnvironment } from '#runtime';

/** Where Jest's global set-up (test/services.global-setup.mjs) has started the services of the run; a folder, absolute. */
export function testDirectory(): string {
  const { ELEVNAV_TEST_DIRECTORY: directory } = processEnvironment();
  if (!directory) throw new Error(NOT_RUNNING);
  return directory;
}

/** What the stages read of the services of the run, by the names of their settings. */
export interface SharedServices extends Record<string, string> {
  DATABASE_URL: string;
  KAFKA_BROKERS: string;
  KAFKA_USERNAME: string;
  KAFKA_PASSWORD: string;
  OIDC_ISSUER: string;
}

const NAMES = ['DATABASE_URL', 'KAFKA_BROKERS', 'KAFKA_USERNAME', 'KAFKA_PASSWORD', 'OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_JWKS_URL', 'KAFKA_CLIENT_BROKERS']; // prettier-ignore
const NOT_RUNNING = 'The test services are not running: run this spec through `npm test`.';

/** @throws Error when they are not running. */
export function sharedServices(): SharedServices {
  const environment = processEnvironment();
  const shared = Object.fromEntries(NAMES.map((name) => [name, environment[name] ?? '']));
  if (!shared.DATABASE_URL || !shared.KAFKA_BROKERS) throw new Error(NOT_RUNNING);
  return shared as SharedServices;
}

/** `UPDATE_GOLDEN=1`: what a file should hold is written to it instead of only compared. */
export function isGoldenWritten(): boolean {
  return processEnvironment().UPDATE_GOLDEN === '1';
}
