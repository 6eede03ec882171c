import { LOG_AT_SQL, STAMP_SQL } from './forgotten-records.js';
import { parkedStatements, type ParkedStatements } from './parked-statements.js';
import type { Statement } from './unit-of-work.js';

/** The statements of the tables that every stage has. One of each per batch at most. */
export interface StageStatements extends ParkedStatements {
  /** Moves on only from exactly where we think we are: that fences a zombie, and notices a store that was restored. */
  readonly advance: Statement;
  readonly halt: Statement;
  readonly makePosition: Statement;
  readonly positions: Statement;
  readonly raiseEpoch: Statement;
  readonly seenBefore: Statement;
  readonly remember: Statement;
  readonly openKeys: Statement;
  readonly openParked: Statement;
  readonly putOutbox: Statement;
  readonly putParked: Statement;
  readonly putFiltered: Statement;
  readonly replaceParked: Statement;
  readonly wakeAwaiting: Statement;
  readonly discardAwaiting: Statement;
  readonly unsent: Statement;
  readonly readOutbox: Statement;
  readonly clearOutbox: Statement;
  readonly vacuumOutbox: Statement;
  readonly forgetInbox: Statement;
  readonly forgetFiltered: Statement;
  readonly forgetParked: Statement;
}

export function stageStatements(schema: string): StageStatements {
  const named: Named = (name, text) => ({
    name: `${schema}.stage.${name}`,
    text: text.replaceAll('{s}', schema),
  });
  return {
    advance: named(
      'advance',
      `with moved as (update {s}.position p set next_offset = n.next, cluster = $5
                        from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) as n(topic, partition, here, next)
                       where p.topic = n.topic and p.partition = n.partition and p.next_offset = n.here
                      returning p.topic || '/' || p.partition as lane)
       select e.epoch, e.server_start is not distinct from pg_postmaster_start_time() as verified,
              array(select lane from moved) as moved, e.system, e.log_at::text as log_at,
              (extract(epoch from e.server_start) * 1000000)::bigint::text as started,
              exists (select from {s}.parked where state = 'parked') as has_parked
         from {s}.epoch e`,
    ),
    makePosition: named(
      'make-position',
      `insert into {s}.position(topic, partition, next_offset, cluster) values ($1, $2, $3, $4) on conflict do nothing`,
    ),
    halt: named('halt', `update {s}.position set halted = $3 where topic = $1 and partition = $2`),
    positions: named(
      'positions',
      `select topic, partition, next_offset, cluster, halted from {s}.position where topic = any($1)`,
    ),
    raiseEpoch: named(
      'raise-epoch',
      `update {s}.epoch set epoch = greatest(epoch + 1, extract(epoch from now())::bigint), server_start = pg_postmaster_start_time(),
              system = (select system_identifier from pg_control_system()), log_at = ${LOG_AT_SQL}
        where server_start is distinct from pg_postmaster_start_time() returning epoch`,
    ),
    seenBefore: named(
      'seen-before',
      `select i.source, i.id from {s}.inbox i join unnest($1::text[], $2::text[]) as e(source, id) using (source, id)`,
    ),
    remember: named(
      'remember',
      `insert into {s}.inbox(source, id) select * from unnest($1::text[], $2::text[]) on conflict do nothing`,
    ),
    openKeys: named(
      'open-keys',
      `select distinct key from {s}.parked where state = 'parked' and key = any($1)`,
    ),
    openParked: named(
      'open-parked',
      `select id, topic, partition, record_offset, key, headers, value from {s}.parked
        where state = 'parked' and key = any($1) order by id for update`,
    ),
    putOutbox: named(
      'put-outbox',
      `insert into {s}.outbox(topic, key, headers, value, cause)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) returning id`,
    ),
    putParked: named(
      'put-parked',
      `insert into {s}.parked(topic, partition, record_offset, key, cause, type, source, code, cause_group, issues, awaits, headers, value, due, subject)
       select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                            $10::jsonb[], $11::text[], $12::jsonb[], $13::bytea[], $14::timestamptz[], $15::text[])`,
    ),
    putFiltered: named(
      'put-filtered',
      `insert into {s}.filtered(cause, outcome) select * from unnest($1::text[], $2::text[])`,
    ),
    replaceParked: named(
      'replace-parked',
      `update {s}.parked set state = 'replaced', ended_at = now() where state = 'parked' and id = any($1::bigint[])`,
    ),
    wakeAwaiting: named(
      'wake-awaiting',
      `update {s}.parked set due = now() where state = 'parked' and awaits = any($1) returning id`,
    ),
    unsent: named(
      'unsent',
      `select array(select id from {s}.outbox where id > $2 order by id limit $1) as ids, ${STAMP_SQL} as stamp,
              pg_snapshot_xmin(pg_current_snapshot())::text as oldest, case when $3::boolean then pg_current_xact_id()::text end as own,
              (select case when is_called then last_value else 0 end from {s}.outbox_id_seq) as given`,
    ),
    readOutbox: named(
      'read-outbox',
      `select id, topic, key, headers, value, cause from {s}.outbox where id = any($1::bigint[])`,
    ),
    // What a power cut brings back is sent again with the ids that it had, so this need not wait for the disk.
    clearOutbox: named(
      'clear-outbox',
      `delete from {s}.outbox using (select set_config('synchronous_commit', 'off', true)) as unhurried where id = any($1::bigint[])`,
    ),
    // Never cuts the file, which would lock out whoever writes; and never queues behind the server's own vacuum.
    vacuumOutbox: named('vacuum-outbox', `vacuum (truncate off, skip_locked) {s}.outbox`),
    ...parkedStatements(named),
    ...endings(named),
  };
}

type Named = (name: string, text: string) => Statement;

/** What gives up, and what forgets. */
function endings(
  named: Named,
): Pick<StageStatements, 'discardAwaiting' | 'forgetInbox' | 'forgetFiltered' | 'forgetParked'> {
  return {
    discardAwaiting: named(
      'discard-awaiting',
      `with gone as (update {s}.parked set state = 'discarded', ended_at = now() where state = 'parked' and awaits = any($1) returning id, key)
       update {s}.parked p set due = now() from gone where p.key = gone.key and p.state = 'parked' and p.id <> gone.id`,
    ),
    forgetInbox: named('forget-inbox', `delete from {s}.inbox where at < now() - $1::interval`),
    forgetFiltered: named(
      'forget-filtered',
      `delete from {s}.filtered where at < now() - $1::interval`,
    ),
    forgetParked: named(
      'forget-parked',
      `delete from {s}.parked where state <> 'parked' and ended_at < now() - $1::interval`,
    ),
  };
}
