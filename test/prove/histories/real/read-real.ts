import type pg from 'pg';
import type { StandingPerson } from '../settled-state.js';
import { historyOf } from './own-history.js';
import type { FeedMessage } from './told-form.js';

/** What stands of one person on real services. */
const STANDING = `
  with wanted as (select distinct c.person
                    from unnest($1::text[], $2::text[]) as w(source, local_id) join normalise.claim c using (source, local_id))
  select p.state, (select a.state -> 'access' from test_access.person_access a where a.person = p.id) as access,
         (select json_agg(json_build_object('kind', c.kind, 'source', c.source, 'localId', c.local_id, 'deleted', c.deleted))
            from normalise.claim c where c.person = p.id) as claims
    from wanted join normalise.person p on p.id = wanted.person where p.merged_into is null`;

/** A record of a student register: its source and local id. */
export interface RecordName {
  readonly source: string;
  readonly localId: string;
}

/** The persons whom these records name. */
export async function readStanding(
  database: pg.Client,
  records: readonly RecordName[],
): Promise<StandingPerson[]> {
  const names = [records.map(({ source }) => source), records.map(({ localId }) => localId)];
  const { rows } = await database.query<StandingPerson>(STANDING, names);
  return rows.map((row) => ({ ...row, access: row.access ?? undefined }));
}

/** The ids of the source events that are parked now, by stage. */
export async function readParked(database: pg.Client): Promise<ReadonlyMap<string, string[]>> {
  const parked = new Map<string, string[]>();
  for (const stage of ['normalise', 'test_access', 'publish']) {
    const text = `select cause from ${stage}.parked where state = 'parked' order by id`;
    const { rows } = await database.query<{ cause: string }>(text);
    parked.set(stage, rows.map(({ cause }) => eventOf(cause))); // prettier-ignore
  }
  return parked;
}

interface FeedRow {
  readonly huvudman: string;
  readonly subject: string;
  readonly cause: string;
  readonly headers: string;
  readonly value: string;
}

const FEED = `select huvudman, subject, cause, headers, value from publish.feed order by huvudman, epoch, position`;

/** All that huvudmän were told, in order, by history. A huvudman hears of each person first because of something that a source said. */
export async function readFeeds(database: pg.Client): Promise<ReadonlyMap<number, FeedMessage[]>> {
  const { rows } = await database.query<FeedRow>(FEED);
  const owners = new Map<string, number>();
  const feeds = new Map<number, FeedMessage[]>();
  for (const { huvudman, subject, cause, headers, value } of rows) {
    const history = historyOf(eventOf(cause)) ?? owners.get(subject);
    if (history === undefined) continue; // a school unit
    owners.set(subject, history);
    const { ce_type: type, ce_schoolunit: schoolUnit } = JSON.parse(headers) as Record<string, string>; // prettier-ignore
    const message = { huvudman, subject, type: type!, schoolUnit, data: JSON.parse(value) as unknown }; // prettier-ignore
    const feed = feeds.get(history);
    if (feed === undefined) feeds.set(history, [message]);
    else feed.push(message);
  }
  return feeds;
}

/** The id of a source event out of the cause that it is: `source id`. */
function eventOf(cause: string): string {
  return cause.slice(cause.indexOf(' ') + 1);
}
