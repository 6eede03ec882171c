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
    from unnest($1::text[], $2::text[]) as wanted(source, local_id)
    join normalise.source_organisation as organisation using (source, local_id)
    order by source, local_id for update of organisation`,
};

export async function lockOrganisations(
  unit: UnitOfWork,
  { organisations }: Needs,
): Promise<OrganisationRecord[]> {
  if (organisations.size === 0) return [];
  const wanted = [...organisations.values()];
  const rows = await unit.query<OrganisationRow>(LOCK_ORGANISATIONS, [
    wanted.map(({ source }) => source),
    wanted.map(({ localId }) => localId),
  ]);
  return rows.map((row) => ({
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
