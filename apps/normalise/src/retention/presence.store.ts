import type { Day } from '#canonical';
import type { Statement, UnitOfWork } from '#stage';
import type { Reader } from './dormant-person.store.js';

/** From which day on the reports of a source are kept. */
export interface PresenceLimit {
  readonly source: string;
  readonly keptFrom: Day;
}

const OVER = `
  from unnest($1::text[], $2::date[]) as kept(source, from_day)
  join normalise.source_object as object on object.source = kept.source and object.last_day < kept.from_day
  where object.kind = 'presence'`;

const COUNT: Statement = {
  name: 'normalise.count-presence',
  text: `select count(*)::int as count ${OVER}`,
};

/** How many reports there are whose time is over. */
export async function countPresence(
  read: Reader,
  limits: readonly PresenceLimit[],
): Promise<number> {
  const [row] = await read<{ count: number }>(COUNT, columnsOf(limits));
  return row!.count;
}

/** A report that a batch is just deciding about is left for the next time. */
const FORGET: Statement = {
  name: 'normalise.forget-presence',
  text: `
    with over as (select object.id ${OVER} limit $3 for update of object skip locked),
    gone as (
      delete from normalise.source_object as object using over where object.id = over.id returning object.id)
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
