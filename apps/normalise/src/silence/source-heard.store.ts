import type { Statement, UnitOfWork } from '#stage';

export interface HeardRow {
  readonly source: string;
  /** When the hub first knew of the source. */
  readonly firstSeen: Date;
  /** Null for a source that has never spoken. */
  readonly heard: Date | null;
  /** When it was found to be silent; null while it is not. */
  readonly silentSince: Date | null;
}

const NOTE: Statement = {
  name: 'normalise.note-heard',
  text: `insert into normalise.source_heard as h (source, first_seen, heard)
         select n.source, $3, n.heard from unnest($1::text[], $2::timestamptz[]) as n(source, heard) order by n.source
             on conflict (source) do update set heard = greatest(h.heard, excluded.heard)
          where excluded.heard > h.heard or (h.heard is null and excluded.heard is not null)`,
};

const LOCK: Statement = {
  name: 'normalise.lock-heard',
  text: `select source, first_seen as "firstSeen", heard, silent_since as "silentSince"
           from normalise.source_heard order by source for update`,
};

const MARK: Statement = {
  name: 'normalise.mark-silent',
  text: `update normalise.source_heard h set silent_since = n.since
           from unnest($1::text[], $2::timestamptz[]) as n(source, since) where h.source = n.source`,
};

const FORGET: Statement = {
  name: 'normalise.forget-heard',
  text: `delete from normalise.source_heard where source = any($1::text[])`,
};

/** Writes down when sources were heard of, and gives back all that is known of all, locked. */
export async function noteHeard(
  unit: UnitOfWork,
  sources: readonly string[],
  heard: ReadonlyMap<string, Date>,
): Promise<HeardRow[]> {
  await unit.query(NOTE, [sources, sources.map((source) => heard.get(source) ?? null), unit.now]);
  return unit.query<HeardRow>(LOCK, []);
}

export function markSilent(unit: UnitOfWork, marks: ReadonlyMap<string, Date | null>): void {
  if (marks.size > 0) unit.write(MARK, [[...marks.keys()], [...marks.values()]]);
}

export function forgetHeard(unit: UnitOfWork, sources: readonly string[]): void {
  if (sources.length > 0) unit.write(FORGET, [sources]);
}
