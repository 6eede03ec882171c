import type { PresenceReport } from '#canonical';
import type { UnitOfWork } from '#stage';
import { lastDayOf } from '../retention/presence-days.js';
import type { ObjectKind, ObjectRecord } from './records.js';

interface ObjectRow {
  id: string;
  kind: ObjectKind;
  source: string;
  person: string | null;
  holder: string | null;
  modified: string;
  sequence: string | null;
  deleted: boolean;
  content: string;
  doc: unknown;
  emitted: string;
}

const COLUMNS = `id, kind, source, person, holder, modified, sequence, deleted, encode(content, 'hex') as content, doc, emitted`;

const LOCK_OBJECTS = {
  name: 'normalise.lock-objects',
  text: `
    select ${COLUMNS} from normalise.source_object where id = any($1::uuid[]) order by id for update`,
};

/** Locks duties, groups, activities and presence reports in id order; always before persons are locked. */
export async function lockObjects(
  unit: UnitOfWork,
  ids: ReadonlySet<string>,
): Promise<ObjectRecord[]> {
  if (ids.size === 0) return [];
  const rows = await unit.query<ObjectRow>(LOCK_OBJECTS, [[...ids]]);
  return rows.map(asRecord);
}

const READ_DUTIES = {
  name: 'normalise.read-duties',
  text: `
    select ${COLUMNS} from normalise.source_object
    where person = any($1::uuid[]) and kind = 'duty' and not deleted and doc->>'schoolUnit' = any($2::text[]) order by id`,
};

/** The standing duties of persons at units, not locked. */
export async function readDuties(
  unit: UnitOfWork,
  persons: readonly string[],
  schoolUnits: readonly string[],
): Promise<ObjectRecord[]> {
  if (persons.length === 0) return [];
  const rows = await unit.query<ObjectRow>(READ_DUTIES, [persons, schoolUnits]);
  return rows.map(asRecord);
}

const READ_ALL_DUTIES = {
  name: 'normalise.read-all-duties',
  text: `
    select ${COLUMNS} from normalise.source_object where person = any($1::uuid[]) and kind = 'duty' and not deleted order by id`,
};

/** The standing duties of persons, wherever they are, not locked. */
export async function readAllDuties(
  unit: UnitOfWork,
  persons: readonly string[],
): Promise<ObjectRecord[]> {
  if (persons.length === 0) return [];
  return (await unit.query<ObjectRow>(READ_ALL_DUTIES, [persons])).map(asRecord);
}

function asRecord({ doc, emitted, ...row }: ObjectRow): ObjectRecord {
  return { ...row, entity: doc, emitted: Number(emitted), isNew: false, isChanged: false };
}

const SAVE_OBJECTS = {
  name: 'normalise.save-objects',
  text: `
    with rows as materialized (
      select id, kind, source, person, holder, modified, sequence, deleted, decode(content, 'hex') as content, doc, emitted, is_new,
        last_day
      from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::boolean[], $8::text[], $9::json[],
        $10::bigint[], $11::boolean[], $12::date[], $13::text[])
        as row(id, kind, source, person, modified, sequence, deleted, content, doc, emitted, is_new, last_day, holder)),
    changed as (
      update normalise.source_object as object set person = rows.person, holder = rows.holder, modified = rows.modified,
        sequence = rows.sequence, deleted = rows.deleted, content = rows.content, doc = rows.doc, emitted = rows.emitted, last_day = rows.last_day
      from rows where not rows.is_new and object.id = rows.id)
    insert into normalise.source_object
      (id, kind, source, person, holder, modified, sequence, deleted, content, doc, emitted, last_day)
    select id, kind, source, person, holder, modified, sequence, deleted, content, doc, emitted, last_day
    from rows where is_new order by id`,
};

export function saveObjects(unit: UnitOfWork, objects: readonly ObjectRecord[]): void {
  if (objects.length === 0) return;
  unit.write(SAVE_OBJECTS, [
    objects.map(({ id }) => id),
    objects.map(({ kind }) => kind),
    objects.map(({ source }) => source),
    objects.map(({ person }) => person),
    objects.map(({ modified }) => modified),
    objects.map(({ sequence }) => sequence),
    objects.map(({ deleted }) => deleted),
    objects.map(({ content }) => content),
    objects.map(({ entity }) => (entity === null ? null : JSON.stringify(entity))),
    objects.map(({ emitted }) => emitted),
    objects.map(({ isNew }) => isNew),
    objects.map(({ kind, entity }) =>
      kind === 'presence' && entity !== null ? lastDayOf(entity as PresenceReport) : null,
    ),
    objects.map(({ holder }) => holder),
  ]);
}
