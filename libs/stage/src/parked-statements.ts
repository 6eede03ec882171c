import type { Statement } from './unit-of-work.js';

/** The statements of the parking lot. A row is due by time (`due`), or because an administrator has asked for it (`asked`). */
export interface ParkedStatements {
  readonly dueParked: Statement;
  readonly lockParked: Statement;
  readonly endParked: Statement;
  readonly postponeParked: Statement;
  readonly parkedCounts: Statement;
}

/** That no older event of the object of `p` is parked: the others wait behind it. */
export const IS_FIRST = `not exists (select from {s}.parked o where o.state = 'parked' and o.key = p.key and o.id < p.id)`;

export function parkedStatements(
  named: (name: string, text: string) => Statement,
): ParkedStatements {
  return {
    // Of the topics that this process handles: the rest is another's, and would fill the answer for good.
    dueParked: named(
      'due-parked',
      `select p.id, p.topic from {s}.parked p
        where p.state = 'parked' and least(p.due, p.asked) <= now() and p.topic = any($2) and ${IS_FIRST}
        order by least(p.due, p.asked), p.id limit $1`,
    ),
    // Only what is still due: a retry may have been stopped since it was found.
    lockParked: named(
      'lock-parked',
      `select id, topic, partition, record_offset, key, headers, value, attempts, asked is not null as is_asked from {s}.parked
        where id = any($1::bigint[]) and state = 'parked' and least(due, asked) <= now() order by id for update`,
    ),
    endParked: named(
      'end-parked',
      `with ended as (update {s}.parked set state = $2, ended_at = now(), attempts = attempts + 1, asked = null
                       where id = any($1::bigint[]) returning key)
       update {s}.parked p set due = now() from ended where p.key = ended.key and p.state = 'parked' and p.id <> all($1::bigint[])`,
    ),
    postponeParked: named(
      'postpone-parked',
      `update {s}.parked p set attempts = attempts + 1, code = n.code, cause_group = n.cause_group, issues = n.issues, awaits = n.awaits,
              due = n.due, asked = null, subject = coalesce(p.subject, n.subject)
         from unnest($1::bigint[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::timestamptz[], $7::text[]) as n(id, code, cause_group, issues, awaits, due, subject)
        where p.id = n.id`,
    ),
    parkedCounts: named(
      'parked-counts',
      `select code, cause_group, count(*) as events, min(at) as since from {s}.parked where state = 'parked'
        group by 1, 2 order by 3 desc limit 200`,
    ),
  };
}
