import type { UnitOfWork } from '#stage';
import type { Needs } from './needs.js';
import type { IdentifierKind, IdentifierRecord } from './records.js';

interface IdentifierRow {
  kind: IdentifierKind;
  digest: string;
  scope: string;
  person: string;
  held: boolean;
  huvudman: string | null;
}

const FIND_IDENTIFIERS = {
  name: 'normalise.find-identifiers',
  text: `
    select identifier.kind, encode(identifier.digest, 'hex') as digest, identifier.scope, identifier.person, identifier.held, identifier.huvudman
    from unnest($1::text[], $2::text[]) as wanted(kind, digest)
    join normalise.identifier on identifier.kind = wanted.kind and identifier.digest = decode(wanted.digest, 'hex')`,
};

export async function findIdentifiers(
  unit: UnitOfWork,
  { identifiers }: Needs,
): Promise<IdentifierRecord[]> {
  if (identifiers.size === 0) return [];
  const wanted = [...identifiers.values()];
  const rows = await unit.query<IdentifierRow>(FIND_IDENTIFIERS, [
    wanted.map(({ kind }) => kind),
    wanted.map(({ digest }) => digest),
  ]);
  return rows.map((row) => ({ ...row, had: [], isNew: false, isChanged: false }));
}

/**
 * Two lanes that claim one identifier meet in the primary key, and the loser's batch is tried again. Rows are written in key order,
 * so that two batches cannot wait for each other. Whoever takes over what its owner has let go does so only while it is let go, or
 * while it is that owner's who lets it go in this batch.
 */
const SAVE_IDENTIFIERS = {
  name: 'normalise.save-identifiers',
  text: `
    with rows as materialized (
      select kind, decode(digest, 'hex') as digest, scope, person, held, huvudman, is_new, had::uuid[] as had
      from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::boolean[], $6::text[], $7::boolean[], $8::text[])
        as row(kind, digest, scope, person, held, huvudman, is_new, had)),
    changed as (
      update normalise.identifier as identifier set person = rows.person, held = rows.held, since = now(),
        huvudman = coalesce(rows.huvudman, identifier.huvudman)
      from rows where not rows.is_new and identifier.kind = rows.kind and identifier.digest = rows.digest
        and identifier.scope = rows.scope
        and (identifier.person = rows.person or identifier.person = any(rows.had) or not identifier.held)
      returning 1),
    added as (
      insert into normalise.identifier (kind, digest, scope, person, held, huvudman)
      select kind, digest, scope, person, held, huvudman from rows where is_new order by kind, digest, scope
      returning 1)
    select (select count(*) from changed)::int + (select count(*) from added)::int as written`,
};

/** Somebody else took the identifier meanwhile. The code is PostgreSQL's for a serialisation failure: the batch is tried again. */
class LostIdentifier extends Error {
  readonly code = '40001';
}

export function saveIdentifiers(unit: UnitOfWork, identifiers: readonly IdentifierRecord[]): void {
  if (identifiers.length === 0) return;
  unit.write<{ written: number }>(
    SAVE_IDENTIFIERS,
    [
      identifiers.map(({ kind }) => kind),
      identifiers.map(({ digest }) => digest),
      identifiers.map(({ scope }) => scope),
      identifiers.map(({ person }) => person),
      identifiers.map(({ held }) => held),
      identifiers.map(({ huvudman }) => huvudman),
      identifiers.map(({ isNew }) => isNew),
      // PostgreSQL's text of an array: an array of arrays cannot be taken apart row by row.
      identifiers.map(({ had }) => `{${had.join(',')}}`),
    ],
    ([row]) => {
      if (row?.written === identifiers.length) return;
      throw new LostIdentifier(
        'An identifier was claimed by another batch; the batch is tried again.',
      );
    },
  );
}
