import { Client } from 'pg';
import type { LocalServices } from '#local-services';
import type { Arrivals } from './arrivals.js';
import type { EventInventor } from './invent-events.js';
import type { Pusher } from './push-events.js';
import type { StageProcess } from './stage-process.js';

const DRAIN_LIMIT_MS = 60_000;

/** What a measurement works with. */
export interface Run {
  readonly stages: readonly StageProcess[];
  readonly services: LocalServices;
  readonly inventor: EventInventor;
  readonly pusher: Pusher;
  readonly arrivals: Arrivals;
}

/** Waits for what should come out; what does not is counted, and what the stages say of it is told. */
export async function settle(
  { arrivals, services }: Run,
  wanted: readonly number[],
): Promise<number> {
  const missing = () => wanted.filter((number) => arrivals.seenAt(number) === 0);
  await waitFor(() => missing().length === 0).catch(() => undefined);
  const stuck = missing();
  if (stuck.length === 0) return 0;
  const client = new Client({ connectionString: services.postgres.url });
  await client.connect();
  const ids = stuck.slice(0, 5_000).map(String);
  for (const stage of ['normalise', 'test_access', 'publish']) {
    for (const [table, word] of [
      ['filtered', 'outcome'],
      ['parked', 'code'],
    ] as const) {
      const { rows } = await client.query(
        `select ${word} as why, count(*)::int as events from ${stage}.${table} where split_part(cause, '-', -1) = any($1) group by 1`,
        [ids],
      );
      for (const row of rows as { why: string; events: number }[]) {
        console.error(`${row.events} did not come out: ${stage} says ${row.why}`);
      }
    }
  }
  await client.end();
  return stuck.length;
}

export async function waitFor(check: () => boolean): Promise<void> {
  const ends = Date.now() + DRAIN_LIMIT_MS;
  while (!check()) {
    if (Date.now() > ends)
      throw new Error('The pipeline did not give out what it was given in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
