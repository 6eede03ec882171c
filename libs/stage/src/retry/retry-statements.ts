import { IS_FIRST } from '../parked-statements.js';
import type { Statement } from '../unit-of-work.js';

/** What of a cause group a retry tries. What waits behind another has no cause of its own, and goes on by itself. */
const OF_GROUP = `p.state = 'parked' and p.cause_group = $1 and p.code <> 'waits-behind' and ($2::bigint is null or p.id = $2)`;

export function retryStatements(schema: string) {
  const named: Named = (name, text) => ({
    name: `${schema}.stage.${name}`,
    text: text.replaceAll('{s}', schema),
  });
  return {
    underWay: named(
      'retry-under-way',
      `select number, cause_group as "causeGroup", first_id as "firstId", last_id as "lastId" from {s}.retry where ended_at is null`,
    ),
    parkedEvent: named(
      'parked-event',
      `select cause_group as "causeGroup", code,
              (select min(o.id) from {s}.parked o where o.state = 'parked' and o.key = p.key and o.id < p.id) as behind
         from {s}.parked p where id = $1 and state = 'parked'`,
    ),
    begin: named(
      'begin-retry',
      `insert into {s}.retry (cause_group, event, cause, asked_at, first_id, last_id, events)
       select $1, $2, $3, $4, min(p.id), max(p.id), count(*) from {s}.parked p where ${OF_GROUP} having count(*) > 0 returning number`,
    ),
    // In its order, least tried first. The row of the retry is held, so that whoever stops it comes before this or after.
    ask: named(
      'ask-retry',
      `with going as (select number from {s}.retry where number = $1 and ended_at is null for update),
            open as (select count(*) as events
                       from (select from {s}.parked p where p.state = 'parked' and p.asked is not null and p.topic = any($5) and ${IS_FIRST} limit $6) as asked),
            next as (select p.id from {s}.parked p
                      where exists (select from going) and p.state = 'parked' and p.cause_group = $2 and p.code <> 'waits-behind'
                        and p.retry < $1 and p.id between $3 and $4 and p.topic = any($5)
                      order by p.retry, p.id limit (select greatest($6 - events, 0) from open) for update skip locked)
       update {s}.parked set retry = $1, asked = now() where id = any(array(select id from next)) returning id`,
    ),
    isGoing: named(
      'is-retry-going',
      `select (select p.id from {s}.parked p where p.state = 'parked' and p.cause_group = $2 and p.code <> 'waits-behind'
                  and p.retry < $1 and p.id between $3 and $4 order by p.retry, p.id limit 1) is not null
           or exists (select from {s}.parked p where p.state = 'parked' and p.asked is not null and ${IS_FIRST}) as "isGoing"`,
    ),
    latest: named(
      'latest-of-retry',
      `select count(*) filter (where state = 'retried')::int as through,
              count(*) filter (where state = 'parked' and asked is null and code = 'bug')::int as faults
         from (select state, asked, code from {s}.parked where retry = $1 order by id desc limit $2) as latest`,
    ),
    ...endings(named),
    ...readings(named),
  };
}

type Named = (name: string, text: string) => Statement;

/** In this order, one after the other. */
function endings(named: Named) {
  return {
    end: named(
      'end-retry',
      `update {s}.retry set outcome = $2, ended_at = $3 where number = $1 and ended_at is null returning number`,
    ),
    release: named(
      'release-retry',
      `update {s}.parked set asked = null, retry = 0 where state = 'parked' and asked is not null and retry = $1`,
    ),
    count: named(
      'count-retry',
      `update {s}.retry r set through = tried.through, parked_again = tried.again
         from (select count(*) filter (where state = 'retried') as through, count(*) filter (where state = 'parked') as again
                 from {s}.parked where retry = $1) as tried
        where r.number = $1`,
    ),
  };
}

/** What an administrator is shown. */
function readings(named: Named) {
  return {
    seen: named(
      'seen-retry',
      `select r.number, r.asked_at as "askedAt", r.cause_group as "causeGroup", r.event, r.events, r.outcome, r.ended_at as "endedAt",
              case when r.ended_at is null then live.through else r.through end as through,
              case when r.ended_at is null then live.again else r.parked_again end as "parkedAgain"
         from (select * from {s}.retry order by number desc limit 1) as r
        cross join lateral (select count(*) filter (where p.state = 'retried')::int as through,
                                   count(*) filter (where p.state = 'parked' and p.asked is null)::int as again
                              from {s}.parked p where r.ended_at is null and p.retry = r.number and p.retry > 0) as live`,
    ),
    groups: named(
      'parked-groups',
      `select code, cause_group as "causeGroup", count(*)::int as events, min(at) as oldest, max(at) as newest,
              min(least(due, asked)) filter (where code <> 'waits-behind') as "nextTry"
         from {s}.parked where state = 'parked' and ($1::text is null or cause_group = $1)
        group by 1, 2 order by 3 desc, 1, 2 limit $2`,
    ),
    events: named(
      'parked-events',
      `select p.id, p.code, p.cause, p.type, p.at, p.attempts, least(p.due, p.asked) as "nextTry", not ${IS_FIRST} as waits
         from {s}.parked p where p.state = 'parked' and p.cause_group = $1 and p.id > $2 order by p.id limit $3`,
    ),
    preview: named(
      'preview-retry',
      `select p.code, count(*)::int as events, count(*) filter (where not ${IS_FIRST})::int as waiting, min(p.at) as "from", max(p.at) as "to"
         from {s}.parked p where ${OF_GROUP} group by 1 order by 2 desc`,
    ),
  };
}
