import type { UnitOfWork } from '#stage';
import type { ClaimContent, ClaimKind } from '../claim/claim-content.js';
import type { CivicNumber } from '../identity/check-civic-number.js';
import type { Needs } from './needs.js';
import type { ClaimRecord } from './records.js';

export interface HolderRow {
  source: string;
  local_id: string;
  person: string | null;
}

const FIND_HOLDERS = {
  name: 'normalise.find-holders',
  text: `
    select claim.source, claim.local_id, claim.person
    from unnest($1::text[], $2::text[]) as wanted(source, local_id)
    join normalise.claim using (source, local_id)`,
};

/** Which persons the sources' local ids name. Read before the persons are locked, so only to know whom to lock. */
export async function findHolders(unit: UnitOfWork, { holders }: Needs): Promise<HolderRow[]> {
  if (holders.size === 0) return [];
  const wanted = [...holders.values()];
  return unit.query<HolderRow>(FIND_HOLDERS, [
    wanted.map(({ source }) => source),
    wanted.map(({ localId }) => localId),
  ]);
}

interface ClaimRow {
  source: string;
  local_id: string;
  person: string | null;
  huvudman: string;
  kind: ClaimKind;
  modified: string;
  sequence: string | null;
  deleted: boolean;
  content: string;
  doc: ClaimContent;
  sealed: Buffer | null;
  sealed_digest: string | null;
  number_digest: string | null;
  number_kind: CivicNumber['kind'] | null;
}

const CLAIM_COLUMNS = `source, local_id, person, huvudman, kind, modified, sequence, deleted, encode(content, 'hex') as content, doc,
  case when person = any($4::uuid[]) then sealed end as sealed, encode(sealed_digest, 'hex') as sealed_digest, encode(number_digest, 'hex') as number_digest, number_kind`;

/**
 * All claims about the locked persons, and those deletions among the wanted ones that name nobody. What is sealed comes along only for
 * those persons who may have to be compared with somebody: most batches open nothing.
 */
const LOAD_CLAIMS = {
  name: 'normalise.load-claims',
  text: `
    select ${CLAIM_COLUMNS} from normalise.claim where person = any($1::uuid[])
    union all
    select ${CLAIM_COLUMNS} from unnest($2::text[], $3::text[]) as wanted(source, local_id)
    join normalise.claim using (source, local_id) where person is null`,
};

export async function loadClaims(
  unit: UnitOfWork,
  persons: readonly string[],
  { unheld, opened }: { readonly unheld: readonly HolderRow[]; readonly opened: readonly string[] },
): Promise<ClaimRecord[]> {
  if (persons.length === 0 && unheld.length === 0) return [];
  const rows = await unit.query<ClaimRow>(LOAD_CLAIMS, [
    persons,
    unheld.map(({ source }) => source),
    unheld.map(({ local_id }) => local_id),
    opened,
  ]);
  return rows.map((row) => ({
    source: row.source,
    localId: row.local_id,
    person: row.person,
    huvudman: row.huvudman,
    kind: row.kind,
    modified: row.modified,
    sequence: row.sequence,
    deleted: row.deleted,
    content: row.content,
    asserted: row.doc,
    stored: { asserted: row.doc, sealed: row.sealed },
    sealed: row.sealed,
    sealedDigest: row.sealed_digest,
    numberDigest: row.number_digest,
    numberKind: row.number_kind,
    isNew: false,
    isChanged: false,
  }));
}

const SAVE_CLAIMS = {
  name: 'normalise.save-claims',
  text: `
    with rows as materialized (
      select source, local_id, person, huvudman, kind, modified, sequence, deleted, decode(content, 'hex') as content, doc, sealed,
        decode(sealed_digest, 'hex') as sealed_digest, decode(number_digest, 'hex') as number_digest, number_kind, is_new
      from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::text[],
          $10::bytea[], $11::text[], $12::text[], $13::text[], $14::boolean[], $15::json[])
        as row(source, local_id, person, huvudman, kind, modified, sequence, deleted, content, sealed, sealed_digest, number_digest,
          number_kind, is_new, doc)),
    changed as (
      update normalise.claim as claim set person = rows.person, huvudman = rows.huvudman, modified = rows.modified,
        sequence = rows.sequence, deleted = rows.deleted, content = rows.content, doc = coalesce(rows.doc, claim.doc),
        sealed = coalesce(rows.sealed, claim.sealed),
        sealed_digest = rows.sealed_digest, number_digest = rows.number_digest, number_kind = rows.number_kind
      from rows where not rows.is_new and claim.source = rows.source and claim.local_id = rows.local_id)
    insert into normalise.claim (source, local_id, person, huvudman, kind, modified, sequence, deleted, content, doc, sealed,
      sealed_digest, number_digest, number_kind)
    select source, local_id, person, huvudman, kind, modified, sequence, deleted, content, doc, sealed, sealed_digest,
      number_digest, number_kind from rows where is_new order by source, local_id`,
};

export function saveClaims(unit: UnitOfWork, claims: readonly ClaimRecord[]): void {
  if (claims.length === 0) return;
  unit.write(SAVE_CLAIMS, [
    claims.map(({ source }) => source),
    claims.map(({ localId }) => localId),
    claims.map(({ person }) => person),
    claims.map(({ huvudman }) => huvudman),
    claims.map(({ kind }) => kind),
    claims.map(({ modified }) => modified),
    claims.map(({ sequence }) => sequence),
    claims.map(({ deleted }) => deleted),
    claims.map(({ content }) => content),
    claims.map(({ sealed, stored }) => (sealed === stored?.sealed ? null : sealed)),
    claims.map(({ sealedDigest }) => sealedDigest),
    claims.map(({ numberDigest }) => numberDigest),
    claims.map(({ numberKind }) => numberKind),
    claims.map(({ isNew }) => isNew),
    claims.map(({ asserted, stored }) =>
      asserted === stored?.asserted ? null : JSON.stringify(asserted),
    ),
  ]);
}
