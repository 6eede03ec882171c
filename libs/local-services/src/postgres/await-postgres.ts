import pg from 'pg';

import { databaseName } from './postgres-settings.js';

const connectMsMax = 3_000;

/** Whether a server at this URL takes this user. */
export async function postgresAnswers(url: string): Promise<boolean> {
  try {
    await query(url, 'SELECT 1');
    return true;
  } catch {
    // Not yet (starting, recovering): whoever waits asks again, and gives up with the service's own log.
    return false;
  }
}

/** Makes Elevnav's database where it is not there yet. `serverUrl` names the database `postgres`. */
export async function ensureDatabase(serverUrl: string): Promise<void> {
  const there = await query(serverUrl, 'SELECT 1 FROM pg_database WHERE datname = $1', [
    databaseName,
  ]);
  if (there === 0) await query(serverUrl, `CREATE DATABASE ${databaseName}`);
}

async function query(url: string, sql: string, values: string[] = []): Promise<number> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMsMax,
    application_name: 'elevnav-local-services',
  });
  // Without a listener a server that goes away between two statements would end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql, values)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}
