import type { UnitOfWork } from '#stage';
import type { Needs } from './needs.js';
import type { OrganisationCount, OrganisationRecord } from './records.js';

const LOCK_COUNTS = {
  name: 'normalise.lock-organisation-counts',
  text: `select id, emitted from normalise.organisation where id = any($1::text[]) order by id for update`,
};

/**
 * How far the events of organisations are counted: of those that the batch states, and of those that its records stood for. Read when
 * the records are locked, by a statement of its own: whoever held them before may have counted on.
 */
export async function lockOrganisationCounts(
  unit: UnitOfWork,
  { huvudmanIds }: Needs,
  records: readonly OrganisationRecord[],
): Promise<OrganisationCount[]> {
  const ids = new Set([...huvudmanIds, ...records.flatMap(({ state }) => state?.id ?? [])]);
  if (ids.size === 0) return [];
  const rows = await unit.query<{ id: string; emitted: string }>(LOCK_COUNTS, [[...ids]]);
  return rows.map(({ id, emitted }) => ({ id, emitted: Number(emitted), isChanged: false }));
}

const SAVE_COUNTS = {
  name: 'normalise.save-organisation-counts',
  text: `
    insert into normalise.organisation (id, emitted)
    select * from unnest($1::text[], $2::bigint[]) as row(id, emitted) order by id
    on conflict (id) do update set emitted = excluded.emitted`,
};

export function saveOrganisationCounts(
  unit: UnitOfWork,
  counts: readonly OrganisationCount[],
): void {
  if (counts.length === 0) return;
  unit.write(SAVE_COUNTS, [counts.map(({ id }) => id), counts.map(({ emitted }) => emitted)]);
}
