import { Client } from 'pg';
import type { LocalServices } from '#local-services';
import type { Arrivals } from './arrivals.js';
import type { EventInventor } from './invent-events.js';
import type { Pusher } from './push-events.js';
import type { StageProcess } from './stage-process.js';

const DRAIN_LIMIT_MS = 60_000;
const OUTCOMES_LIMIT_MS = 10_000;
const OUTCOMES_POLL_MS = 500;

/** What a measurement works with. */
export interface Run {
  readonly stages: readonly StageProcess[];
  readonly services: LocalServices;
  /** Where the data of PostgreSQL lie. */
  readonly postgresFolder: string;
  readonly inventor: EventInventor;
  readonly pusher: Pusher;
  readonly arrivals: Arrivals;
}

/** Waits for what should come out; what does not is counted, and what the stages say of it is told. */
export async function settle(run: Run, wanted: readonly number[]): Promise<number> {
  const missing = () => wanted.filter((number) => run.arrivals.seenAt(number) === 0);
  await waitFor(() => missing().length === 0).catch(() => undefined);
  const stuck = new Set(missing());
  if (stuck.size === 0) return 0;
  const words = new Map<string, number>();
  for (const { stage, number, word } of await readOutcomes(run)) {
    if (!stuck.has(number)) continue;
    const says = `${stage} says ${word}`;
    words.set(says, (words.get(says) ?? 0) + 1);
  }
  for (const [says, events] of words) console.error(`${events} did not come out: ${says}`);
  return stuck.size;
}

/** Events that ended in another way than on a huvudman's topic, so that they are not counted. */
export interface SetApart {
  readonly filtered: number;
  readonly parked: number;
}

/**
 * What became of those of these events that came out nowhere, by the stages' own outcomes; it waits a moment until each has one. What
 * came out is counted already, whatever a stage said of some other part of it; and test-access speaks of access only, not of the event.
 */
export async function setApart(run: Run, numbers: readonly number[]): Promise<SetApart> {
  const ends = Date.now() + OUTCOMES_LIMIT_MS;
  for (;;) {
    const silent = new Set(numbers.filter((number) => run.arrivals.seenAt(number) === 0));
    const parked = new Set<number>();
    const filtered = new Set<number>();
    for (const { stage, number, table } of await readOutcomes(run)) {
      if (!silent.has(number)) continue;
      if (table === 'parked') parked.add(number);
      else if (stage !== 'test_access') filtered.add(number);
    }
    for (const number of parked) filtered.delete(number);
    const isWhole = filtered.size + parked.size === silent.size;
    if (isWhole || Date.now() > ends) return { filtered: filtered.size, parked: parked.size };
    await new Promise((resolve) => setTimeout(resolve, OUTCOMES_POLL_MS));
  }
}

interface Outcome {
  readonly stage: string;
  readonly table: string;
  readonly number: number;
  readonly word: string;
}

/** All that the stages have filtered, and what lies parked now. */
async function readOutcomes({ services, pusher }: Run): Promise<Outcome[]> {
  const client = new Client({ connectionString: services.postgres.url });
  await client.connect();
  const outcomes: Outcome[] = [];
  try {
    for (const stage of ['normalise', 'test_access', 'publish']) {
      for (const [table, word, which] of [
        ['filtered', 'outcome', ''],
        ['parked', 'code', `and state = 'parked'`],
      ] as const) {
        const { rows } = await client.query<Pick<Outcome, 'number' | 'word'>>(
          `select distinct split_part(cause, '-', -1)::int as number, ${word} as word
           from ${stage}.${table} where cause like $1 ${which}`,
          [`% ${pusher.run}-%`],
        );
        for (const row of rows) outcomes.push({ stage, table, ...row });
      }
    }
  } finally {
    await client.end();
  }
  return outcomes;
}

export async function waitFor(check: () => boolean): Promise<void> {
  const ends = Date.now() + DRAIN_LIMIT_MS;
  while (!check()) {
    if (Date.now() > ends)
      throw new Error('The pipeline did not give out what it was given in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
