import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Battlefield } from './battlefield.js';
import { onDatabase } from './read-out.js';

/** What the strikes do. Each says whether it has struck, by what it finds afterwards and not by having tried. */

/** A copy must be this old before it is put back. */
const COPY_AGE_MS_MIN = 30_000;
const CLOSE_TIMES = 3;
const CLOSE_PAUSE_MS = 700;
const DELAY_FOR_MS = 5_000;
const DELAY_MS = 300;
const DELAY_JITTER_MS = 200;

type Field<Part extends keyof Battlefield> = Pick<Battlefield, Part>;

/** The process was there, and was gone before it was started again. */
export async function killBroker({ services: { kafka } }: Field<'services'>): Promise<boolean> {
  const before = kafka.pid();
  await kafka.kill();
  const isGone = kafka.pid() === undefined;
  await kafka.start();
  return before !== undefined && isGone;
}

const copies = new WeakMap<object, number>();

/** An immediate stop is a crash; while the server is down its data are copied. Another server answers afterwards. */
export async function restartPostgres(field: Field<'services' | 'directory'>): Promise<boolean> {
  const { postgres } = field.services;
  const before = await startOf(postgres.url);
  await postgres.stop('immediate');
  const copy = copyOf(field);
  await rm(copy, { recursive: true, force: true });
  await postgres.copyData(copy);
  copies.set(field, Date.now());
  await postgres.start();
  return (await startOf(postgres.url)) !== before;
}

/** What was told since the copy was taken is forgotten: the feed is shorter than it was. */
export async function restorePostgres(field: Field<'services' | 'directory'>): Promise<boolean> {
  const { postgres } = field.services;
  const before = await lengthOfFeed(postgres.url);
  await postgres.stop('immediate');
  await postgres.restoreData(copyOf(field));
  await postgres.start();
  const after = await lengthOfFeed(postgres.url);
  await rm(copyOf(field), { recursive: true, force: true });
  return after < before;
}

export async function untilCopyIsOldEnough(field: Battlefield): Promise<void> {
  const takenMs = copies.get(field);
  if (takenMs === undefined) throw new Error('A restore needs a restart before it: the copy.');
  await pause(Math.max(0, takenMs + COPY_AGE_MS_MIN - Date.now()));
}

function copyOf({ directory }: Field<'directory'>): string {
  return join(directory, 'postgres-copy');
}

async function startOf(databaseUrl: string): Promise<string> {
  const text = 'select pg_postmaster_start_time()::text as at';
  return onDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ at: string }>(text);
    return rows[0]!.at;
  });
}

async function lengthOfFeed(databaseUrl: string): Promise<number> {
  const text = 'select count(*)::int as events from publish.feed';
  return onDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<{ events: number }>(text);
    return rows[0]!.events;
  });
}

/** There were connections to close, to Kafka and to PostgreSQL. */
export async function closeConnections({ proxies }: Field<'proxies'>): Promise<boolean> {
  const closed = proxies.map(() => 0);
  for (let time = 0; time < CLOSE_TIMES; time++) {
    for (const [index, proxy] of proxies.entries()) closed[index]! += proxy.closeConnections();
    await pause(CLOSE_PAUSE_MS);
  }
  return closed.every((connections) => connections > 0);
}

/** Something that passed was held back, to or from Kafka and PostgreSQL. */
export async function delayConnections({ proxies }: Field<'proxies'>): Promise<boolean> {
  const before = proxies.map(({ heldBack }) => heldBack);
  for (const proxy of proxies) proxy.set({ delayMs: DELAY_MS, jitterMs: DELAY_JITTER_MS });
  await pause(DELAY_FOR_MS);
  for (const proxy of proxies) proxy.set({});
  return proxies.every(({ heldBack }, index) => heldBack > before[index]!);
}

/**
 * One of them is ready, which a stage is when its consumers are in their groups; the others may follow. A group that waits for a member
 * that was killed lets nobody in for up to three quarters of a minute.
 */
export async function addConsumers({ seconds }: Field<'seconds'>): Promise<boolean> {
  for (const second of seconds) second.start();
  return Promise.any(seconds.map((second) => second.ready())).then(
    () => true,
    () => false,
  );
}

/** There were processes to stop, and none is left. */
export async function removeConsumers({ seconds }: Field<'seconds'>): Promise<boolean> {
  const wereThere = seconds.some(({ isRunning }) => isRunning);
  await Promise.all(seconds.map((second) => second.stop()));
  return wereThere && !seconds.some(({ isRunning }) => isRunning);
}
