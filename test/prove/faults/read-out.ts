import { randomUUID } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import pg from 'pg';

/** A record of a huvudman's topic, in the order in which it lies there. */
export interface TopicRecord {
  readonly huvudman: string;
  readonly id: string;
  readonly source: string;
  readonly subject: string;
  readonly type: string;
  readonly sequence: string;
  readonly causation: string | undefined;
  readonly data: string;
}

export interface FeedRow {
  readonly huvudman: string;
  readonly event_id: string;
  readonly cause: string;
}

export interface ParkedRow {
  readonly stage: string;
  readonly key: string;
  readonly cause: string;
  readonly state: string;
  readonly code: string;
  /** Where in the event, by JSON Pointer. */
  readonly pointer: string;
}

export interface FilteredRow {
  readonly stage: string;
  readonly cause: string;
  readonly outcome: string;
}

/** All that has come out, read by means of its own: nothing here is shared with what is being proven. */
export interface ReadOut {
  readonly records: readonly TopicRecord[];
  /** What normalise has told the stages behind it. */
  readonly canonical: readonly TopicRecord[];
  readonly feed: readonly FeedRow[];
  readonly parked: readonly ParkedRow[];
  readonly filtered: readonly FilteredRow[];
}

/** The stages whose outcomes settle events; the dashboard has a store as well, and tells of them only. */
const SETTLING = ['normalise', 'test_access', 'publish'] as const;
const WITH_A_STORE = [...SETTLING, 'dashboard'] as const;
const READ_SILENCE_MS_MAX = 20_000;

export async function readOut(
  kafka: Kafka,
  databaseUrl: string,
  huvudmen: readonly string[],
): Promise<ReadOut> {
  const records: TopicRecord[] = [];
  const canonical = await readTopic(kafka, 'canonical.events', '');
  for (const huvudman of huvudmen)
    records.push(...(await readTopic(kafka, `huvudman.${huvudman}.events`, huvudman)));
  return onDatabase(databaseUrl, async (client) => {
    const feed = await client.query<FeedRow>(
      'select huvudman, event_id, cause from publish.feed order by huvudman, epoch, position',
    );
    return { records, canonical, feed: feed.rows, ...(await readSettled(client)) };
  });
}

/** What the stages say they have filtered and parked. */
export async function readSettled(
  client: pg.Client,
): Promise<Pick<ReadOut, 'parked' | 'filtered'>> {
  const parked: ParkedRow[] = [];
  const filtered: FilteredRow[] = [];
  for (const stage of SETTLING) {
    const lot = await client.query<Omit<ParkedRow, 'stage'>>(
      `select key, cause, state, code, coalesce(issues->0->>'pointer', '') as pointer from ${stage}.parked`,
    );
    for (const row of lot.rows) parked.push({ stage, ...row });
    const out = await client.query<Omit<FilteredRow, 'stage'>>(
      `select distinct cause, outcome from ${stage}.filtered`,
    );
    for (const row of out.rows) filtered.push({ stage, ...row });
  }
  return { parked, filtered };
}

export async function onDatabase<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What still moves: records that a stage has not read, rows that a relay has not sent. Empty when all is still. */
export async function whatMoves(kafka: Kafka, databaseUrl: string): Promise<string[]> {
  const moving: string[] = [];
  const ends = new Map<string, number>();
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (const topic of await admin.listTopics()) {
      if (topic.startsWith('__')) continue;
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        ends.set(`${topic}/${partition}`, Number(high));
      }
    }
  } finally {
    await admin.disconnect();
  }
  await onDatabase(databaseUrl, async (client) => {
    for (const stage of WITH_A_STORE) {
      const positions = await client.query<{ lane: string; next: string }>(
        `select topic || '/' || partition as lane, next_offset as next from ${stage}.position`,
      );
      for (const { lane, next } of positions.rows) {
        const behind = (ends.get(lane) ?? 0) - Number(next);
        if (behind > 0) moving.push(`${stage} is ${behind} behind on ${lane}`);
      }
      const outbox = await client.query<{ rows: string }>(
        `select count(*) as rows from ${stage}.outbox`,
      );
      const rows = Number(outbox.rows[0]!.rows);
      if (rows > 0) moving.push(`${rows} rows wait in the outbox of ${stage}`);
      const due = await client.query<{ rows: string }>(
        `select count(*) as rows from ${stage}.parked where state = 'parked' and due is not null`,
      );
      const waiting = Number(due.rows[0]!.rows);
      if (waiting > 0) moving.push(`${waiting} parked events of ${stage} are to be tried again`);
    }
  });
  return moving;
}

/** All records of a topic; `huvudman` is empty for a topic that is nobody's. In order per partition. */
export async function readTopic(
  kafka: Kafka,
  topic: string,
  huvudman: string,
): Promise<TopicRecord[]> {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect());
  const left = new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
  for (const [partition, high] of left) if (high === 0) left.delete(partition);
  const records: TopicRecord[] = [];
  if (left.size === 0) return records;
  const consumer = kafka.consumer({ groupId: `check-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      const silence = setTimeout(
        () => reject(new Error(`${topic} could not be read to its end.`)),
        READ_SILENCE_MS_MAX,
      );
      void consumer.run({
        autoCommit: false,
        eachMessage: ({ partition, message }) => {
          const header = (name: string) => message.headers?.[name]?.toString();
          silence.refresh();
          records.push({
            huvudman,
            id: header('ce_id') ?? '',
            source: header('ce_source') ?? '',
            subject: header('ce_subject') ?? '',
            type: header('ce_type') ?? '',
            sequence: header('ce_sequence') ?? '',
            causation: header('ce_causationid'),
            data: message.value?.toString('utf8') ?? '',
          });
          if (Number(message.offset) + 1 >= (left.get(partition) ?? Infinity)) {
            left.delete(partition);
          }
          if (left.size === 0) {
            clearTimeout(silence);
            resolve();
          }
          return Promise.resolve();
        },
      });
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
}
