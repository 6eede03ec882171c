import type { RawRecord } from '#kafka';

/**
 * A store that is put back to an earlier copy forgets what it has sent since. Those records still lie in the log, and what they tell
 * is made again, under the same ids with newer sequences: a stage that was put back with it and reads both would go through that
 * time twice, back and forth. So each record says in which life of which server it was sent and how far that server's log was
 * (`stamp`); whoever finds it later, in a life that began before that place, knows that its sender has forgotten it, and passes it over.
 *
 * Exact: the relay reads committed rows only, so a row that the copy does not hold was committed, and flushed, after the copy's end;
 * one that the copy holds unsent is sent again in the new life. After a restart without a restore nothing is ever passed over, since
 * the new life begins behind all that was flushed. Nothing is either where sender and reader have different servers.
 */
export interface Life {
  /** The identifier of the PostgreSQL cluster. */
  readonly system: string | null;
  /** When this life of the server began, in microseconds. */
  readonly started: string | null;
  /** Where the server's log ended when it began, in bytes. */
  readonly log_at: string | null;
}

/** The header of a record on a topic that our stages read. Subscribers' topics do not have it. */
export const STAMP_HEADER = 'store';

/** What the relay reads with its rows: cluster, begin of this life, place up to which the log is safe. */
export const STAMP_SQL = `(select system_identifier from pg_control_system()) || '/' ||
  (extract(epoch from pg_postmaster_start_time()) * 1000000)::bigint || '/' || (pg_current_wal_flush_lsn() - '0/0'::pg_lsn)`;

/**
 * Where the log ended when this life began, or some place after that. Recovery closes with a checkpoint at the log's end, but not when
 * a standby takes over; until it has made its first checkpoint the control file shows an older place, which would be wrong.
 */
export const LOG_AT_SQL = `(select case when timeline_id = ('x' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8))::bit(32)::int
  then redo_lsn else pg_current_wal_insert_lsn() end - '0/0'::pg_lsn from pg_control_checkpoint())`;

export function isForgotten({ headers }: Pick<RawRecord, 'headers'>, life: Life): boolean {
  const stamp = headers[STAMP_HEADER];
  if (stamp === undefined || stamp === null || Array.isArray(stamp)) return false;
  if (life.system === null || life.started === null || life.log_at === null) return false;
  const [system, started = '', log = ''] = String(stamp).split('/');
  if (system !== life.system) return false;
  return Number(started) < Number(life.started) && Number(log) > Number(life.log_at);
}
