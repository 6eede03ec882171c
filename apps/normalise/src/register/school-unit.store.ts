import { egilId } from '#canonical';
import type { UnitOfWork } from '#stage';
import type { UnitOwner } from '../succession/unit-owners.js';
import type { Needs } from './needs.js';
import type { SchoolUnitContent, SchoolUnitRecord, SchoolUnitStatus } from './records.js';

export interface UnitRow {
  source: string;
  ref: string;
  code: string;
  /** Null when the source names a code that the national register has not given us. */
  owners: UnitOwner[] | null;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * A source's own name of a unit comes first; else the reference may be Skolverket's id of the unit (standards §2.4), or that of a
 * system that an EGIL client fills (§2.10).
 */
const FIND_UNITS = {
  name: 'normalise.find-units',
  text: `
    with wanted as materialized (select * from unnest($1::text[], $2::text[], $3::uuid[]) as row(source, ref, id))
    select wanted.source, wanted.ref, organisation.school_unit_code as code, school_unit.owners
    from wanted
    join normalise.source_organisation as organisation on organisation.source = wanted.source and organisation.local_id = wanted.ref
    left join normalise.school_unit on school_unit.code = organisation.school_unit_code
    where organisation.school_unit_code is not null and not organisation.deleted
    union all
    select wanted.source, wanted.ref, school_unit.code, school_unit.owners
    from wanted cross join lateral (
      select code, owners from normalise.school_unit where school_unit.id = wanted.id
      union all
      select code, owners from normalise.school_unit where school_unit.egil_id = wanted.id) as school_unit
    where not exists (select 1 from normalise.source_organisation as organisation
      where organisation.source = wanted.source and organisation.local_id = wanted.ref
        and organisation.school_unit_code is not null and not organisation.deleted)`,
};

export async function findUnits(unit: UnitOfWork, { unitRefs }: Needs): Promise<UnitRow[]> {
  if (unitRefs.size === 0) return [];
  const wanted = [...unitRefs.values()];
  return unit.query<UnitRow>(FIND_UNITS, [
    wanted.map(({ source }) => source),
    wanted.map(({ ref }) => ref),
    wanted.map(({ ref }) => (UUID.test(ref) ? ref : null)),
  ]);
}

interface SchoolUnitRow {
  code: string;
  id: string;
  organisation_number: string;
  owners: UnitOwner[];
  status: SchoolUnitStatus;
  modified: string;
  sequence: string | null;
  content: string;
  doc: SchoolUnitContent;
  emitted: string;
}

const LOCK_SCHOOL_UNITS = {
  name: 'normalise.lock-school-units',
  text: `
    select code, id, organisation_number, owners, status, modified, sequence, encode(content, 'hex') as content, doc, emitted
    from normalise.school_unit where code = any($1::text[]) order by code for update`,
};

export async function lockSchoolUnits(
  unit: UnitOfWork,
  { schoolUnits }: Needs,
): Promise<SchoolUnitRecord[]> {
  if (schoolUnits.size === 0) return [];
  const rows = await unit.query<SchoolUnitRow>(LOCK_SCHOOL_UNITS, [[...schoolUnits]]);
  return rows.map((row) => ({
    code: row.code,
    id: row.id,
    organisationNumber: row.organisation_number,
    owners: row.owners,
    status: row.status,
    modified: row.modified,
    sequence: row.sequence,
    deleted: false,
    content: row.content,
    unit: row.doc,
    emitted: Number(row.emitted),
    isNew: false,
    isChanged: false,
  }));
}

const SAVE_SCHOOL_UNITS = {
  name: 'normalise.save-school-units',
  text: `
    with rows as materialized (
      select code, id, organisation_number, status, modified, sequence, decode(content, 'hex') as content, doc, emitted, is_new, owners, egil_id
      from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::bigint[],
        $10::boolean[], $11::jsonb[], $12::uuid[])
        as row(code, id, organisation_number, status, modified, sequence, content, doc, emitted, is_new, owners, egil_id)),
    changed as (
      update normalise.school_unit as school_unit set organisation_number = rows.organisation_number, status = rows.status,
        modified = rows.modified, sequence = rows.sequence, content = rows.content, doc = rows.doc, emitted = rows.emitted,
        owners = rows.owners
      from rows where not rows.is_new and school_unit.code = rows.code)
    insert into normalise.school_unit (code, id, organisation_number, status, modified, sequence, content, doc, emitted, owners, egil_id)
    select code, id, organisation_number, status, modified, sequence, content, doc, emitted, owners, egil_id from rows where is_new order by code`,
};

export function saveSchoolUnits(unit: UnitOfWork, schoolUnits: readonly SchoolUnitRecord[]): void {
  if (schoolUnits.length === 0) return;
  unit.write(SAVE_SCHOOL_UNITS, [
    schoolUnits.map(({ code }) => code),
    schoolUnits.map(({ id }) => id),
    schoolUnits.map(({ organisationNumber }) => organisationNumber),
    schoolUnits.map(({ status }) => status),
    schoolUnits.map(({ modified }) => modified),
    schoolUnits.map(({ sequence }) => sequence),
    schoolUnits.map(({ content }) => content),
    schoolUnits.map(({ unit: content }) => JSON.stringify(content)),
    schoolUnits.map(({ emitted }) => emitted),
    schoolUnits.map(({ isNew }) => isNew),
    schoolUnits.map(({ owners }) => JSON.stringify(owners)),
    schoolUnits.map(({ code }) => egilId(code)),
  ]);
}
