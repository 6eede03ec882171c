import type { PersonState } from '#canonical';
import type { UnitOfWork } from '#stage';
import type { PersonRecord } from './records.js';

interface PersonRow {
  id: string;
  key: Buffer;
  emitted: string;
  state: PersonState | null;
  ended: boolean;
  apart_from: string[];
  status_held_since: Date | null;
}

const LOCK_PERSONS = {
  name: 'normalise.lock-persons',
  text: `
    select id, key, emitted, state, merged_into is not null as ended, apart_from, status_held_since from normalise.person
    where id = any($1::uuid[]) order by id for update`,
};

/** Locks the persons in id order (design §5) and reads them; a decision about a person holds this lock until its transaction ends. */
export async function lockPersons(
  unit: UnitOfWork,
  ids: readonly string[],
): Promise<PersonRecord[]> {
  if (ids.length === 0) return [];
  const rows = await unit.query<PersonRow>(LOCK_PERSONS, [ids]);
  return rows.map((row) => ({
    id: row.id,
    wrappedKey: row.key,
    emitted: Number(row.emitted),
    state: row.state,
    isStateChanged: false,
    isEnded: row.ended,
    apartFrom: row.apart_from,
    statusHeldSince: row.status_held_since,
    claims: [],
    isNew: false,
    isChanged: false,
  }));
}

/**
 * A person is inserted or updated, never upserted: a lost race must fail rather than overwrite. Since when somebody is dormant is the
 * hub's own time: a source's time may lie years back, and nobody may be erased sooner for it. Whoever returns is dormant no more.
 */
const SAVE_PERSONS = {
  name: 'normalise.save-persons',
  text: `
    with rows as materialized (
      select id, key, emitted, is_new, state, dormant_since, apart_from::uuid[] as apart_from, status_held_since
      from unnest($1::uuid[], $2::bytea[], $3::bigint[], $4::boolean[], $5::json[], $6::timestamptz[], $7::text[],
          $8::timestamptz[])
        as row(id, key, emitted, is_new, state, dormant_since, apart_from, status_held_since)),
    changed as (
      update normalise.person as person set emitted = rows.emitted, state = coalesce(rows.state, person.state),
        dormant_since = case when rows.state is null then person.dormant_since
          when rows.dormant_since is not null then coalesce(person.dormant_since, rows.dormant_since) end,
        apart_from = rows.apart_from, status_held_since = rows.status_held_since
      from rows where not rows.is_new and person.id = rows.id)
    insert into normalise.person (id, key, emitted, state, dormant_since, apart_from, status_held_since)
    select id, key, emitted, state, dormant_since, apart_from, status_held_since from rows where is_new`,
};

export function savePersons(unit: UnitOfWork, persons: readonly PersonRecord[]): void {
  if (persons.length === 0) return;
  unit.write(SAVE_PERSONS, [
    persons.map(({ id }) => id),
    // The wrapped key never changes here, so that only a new person's is sent.
    persons.map(({ isNew, wrappedKey }) => (isNew ? wrappedKey : null)),
    persons.map(({ emitted }) => emitted),
    persons.map(({ isNew }) => isNew),
    persons.map(({ isStateChanged, state }) => (isStateChanged ? JSON.stringify(state) : null)),
    persons.map(({ state }) => (state?.standing === 'dormant' ? unit.now : null)),
    persons.map(({ apartFrom }) => `{${apartFrom.join(',')}}`),
    persons.map(({ statusHeldSince }) => statusHeldSince ?? null),
  ]);
}
