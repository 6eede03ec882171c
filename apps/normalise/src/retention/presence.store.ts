import type { Day } from '#canonical';
import type { Statement, UnitOfWork } from '#stage';
import type { Reader } from './dormant-person.store.js';

/** From which day on the reports of a source are kept. */
export interface PresenceLimit {
  readonly source: string;
  readonly keptFrom: Day;
}

const COUNT: Statement = {
  name: 'normalise.count-presence',
  text: `
    select coalesce(sum(over.count), 0)::int as count
    from unnest($1::text[], $2::date[]) as kept(source, from_day)
    cross join lateral (
      select count(*) from normalise.source_object
      where kind = 'presence' and source = kept.source and last_day < kept.from_day) as over`,
};

/** How many reports there are whose time is over. */
export async function countPresence(
  read: Reader,
  limits: readonly PresenceLimit[],
): Promise<number> {
  const [row] = await read<{ count: number }>(COUNT, columnsOf(limits));
  return row!.count;
}

/**
 * Source by source and by id, so that PostgreSQL takes the indexes: for a join it would read all reports that there are. A report that a
 * batch is just deciding about is left for the next time.
 */
const FORGET: Statement = {
  name: 'normalise.forget-presence',
  text: `
    with over as (
      select report.id from unnest($1::text[], $2::date[]) as kept(source, from_day)
      cross join lateral (
        select id from normalise.source_object
        where kind = 'presence' and source = kept.source and last_day < kept.from_day
        order by last_day limit $3 for update skip locked) as report
      limit $3),
    gone as (
      delete from normalise.source_object where id = any(array(select id from over)) returning id)
    select count(*)::int as count from gone`,
};

/** Deletes reports whose time is over, at most `max`. @returns how many. */
export async function forgetPresence(
  unit: UnitOfWork,
  limits: readonly PresenceLimit[],
  max: number,
): Promise<number> {
  const [row] = await unit.query<{ count: number }>(FORGET, [...columnsOf(limits), max]);
  return row!.count;
}

function columnsOf(limits: readonly PresenceLimit[]): [string[], Day[]] {
  return [limits.map(({ source }) => source), limits.map(({ keptFrom }) => keptFrom)];
}
