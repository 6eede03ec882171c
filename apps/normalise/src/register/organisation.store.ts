import type { OrganisationState } from '#canonical';
import type { UnitOfWork } from '#stage';
import type { Needs } from './needs.js';
import type { OrganisationRecord } from './records.js';

interface OrganisationRow {
  source: string;
  local_id: string;
  school_unit_code: string | null;
  modified: string;
  sequence: string | null;
  deleted: boolean;
  content: string;
  doc: OrganisationState | null;
  emitted: string;
}

const LOCK_ORGANISATIONS = {
  name: 'normalise.lock-organisations',
  text: `
    select source, local_id, school_unit_code, modified, sequence, deleted, encode(content, 'hex') as content, doc, emitted
    from normalise.source_organisation
    where (source, local_id) in (
      select * from unnest($1::text[], $2::text[])
      union all
      select source, local_id from normalise.source_organisation where doc is not null and doc->>'id' = any($3::text[]))
    order by source, local_id for update`,
};

/** Two sources may tell of one huvudman for the first time at once: there is no row yet that one of them could wait for. */
const LOCK_IDS = {
  name: 'normalise.lock-huvudman-ids',
  text: `select count(pg_advisory_xact_lock($1, hashtext(id))) from (select unnest($2::text[]) as id order by 1) as ordered`,
};
const LOCK_SPACE = 0x656c7033;

/** Locks what sources say of organisations: the wanted records, and those of other sources that speak of the same huvudman. */
export async function lockOrganisations(
  unit: UnitOfWork,
  { organisations, huvudmanIds }: Needs,
): Promise<OrganisationRecord[]> {
  if (organisations.size === 0) return [];
  if (huvudmanIds.size > 0) await unit.query(LOCK_IDS, [LOCK_SPACE, [...huvudmanIds]]);
  const wanted = [...organisations.values()];
  const lock = (ids: readonly string[]): Promise<OrganisationRow[]> =>
    unit.query<OrganisationRow>(LOCK_ORGANISATIONS, [
      wanted.map(({ source }) => source),
      wanted.map(({ localId }) => localId),
      ids,
    ]);
  const rows = await lock([...huvudmanIds]);
  const ids = rows.flatMap(({ doc }) => (doc?.organisationType === 'Huvudman' ? doc.id : []));
  // What those that are gone, or have another number now, were known by is known to others too.
  const all = ids.length === 0 ? rows : await lock([...new Set([...huvudmanIds, ...ids])]);
  return all.map((row) => ({
    source: row.source,
    localId: row.local_id,
    schoolUnitCode: row.school_unit_code,
    modified: row.modified,
    sequence: row.sequence,
    deleted: row.deleted,
    content: row.content,
    state: row.doc,
    emitted: Number(row.emitted),
    isNew: false,
    isChanged: false,
  }));
}

const SAVE_ORGANISATIONS = {
  name: 'normalise.save-organisations',
  text: `
    with rows as materialized (
      select source, local_id, school_unit_code, modified, sequence, deleted, decode(content, 'hex') as content, doc, emitted, is_new
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[], $8::jsonb[], $9::bigint[],
        $10::boolean[])
        as row(source, local_id, school_unit_code, modified, sequence, deleted, content, doc, emitted, is_new)),
    changed as (
      update normalise.source_organisation as organisation set school_unit_code = rows.school_unit_code, modified = rows.modified,
        sequence = rows.sequence, deleted = rows.deleted, content = rows.content, doc = rows.doc, emitted = rows.emitted
      from rows where not rows.is_new and organisation.source = rows.source and organisation.local_id = rows.local_id)
    insert into normalise.source_organisation (source, local_id, school_unit_code, modified, sequence, deleted, content, doc, emitted)
    select source, local_id, school_unit_code, modified, sequence, deleted, content, doc, emitted
    from rows where is_new order by source, local_id`,
};

export function saveOrganisations(
  unit: UnitOfWork,
  organisations: readonly OrganisationRecord[],
): void {
  if (organisations.length === 0) return;
  unit.write(SAVE_ORGANISATIONS, [
    organisations.map(({ source }) => source),
    organisations.map(({ localId }) => localId),
    organisations.map(({ schoolUnitCode }) => schoolUnitCode),
    organisations.map(({ modified }) => modified),
    organisations.map(({ sequence }) => sequence),
    organisations.map(({ deleted }) => deleted),
    organisations.map(({ content }) => content),
    organisations.map(({ state }) => (state === null ? null : JSON.stringify(state))),
    organisations.map(({ emitted }) => emitted),
    organisations.map(({ isNew }) => isNew),
  ]);
}
