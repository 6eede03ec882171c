import { Injectable } from '@nestjs/common';
import type { Session } from '#database';
import { Stage, type RelayedRow, type Statement } from '#stage';
import type { FeedPlace } from './feed-cursor.js';
import { structuredEvent } from './structured-event.js';

/** Where a huvudman's feed ends, and up to where it has been forgotten. */
export interface FeedEnds {
  readonly huvudman: string;
  readonly end: FeedPlace;
  readonly forgotten: FeedPlace;
}

export interface FeedRow extends FeedPlace {
  /** The whole CloudEvent in structured mode, as JSON text. */
  readonly event: string;
}

interface EndsRow {
  readonly huvudman: string;
  readonly epoch: number;
  readonly position: number;
  readonly forgottenEpoch: number;
  readonly forgottenPosition: number;
}

/** One row per huvudman counts; each event's place is told by how far it is from the batch's last one. */
const APPEND: Statement = {
  name: 'publish.append-feed',
  text: `with n as (select * from unnest($1::text[], $2::int[], $3::uuid[], $4::uuid[], $5::text[], $6::json[])
                      as n(huvudman, before_last, event_id, subject, cause, event)),
              ends as (insert into publish.feed_end as f (huvudman, epoch, position)
                       select huvudman, $7::bigint, count(*) from n group by 1 order by 1
                           on conflict (huvudman) do update
                          set epoch = greatest(f.epoch, excluded.epoch), position = f.position + excluded.position
                       returning huvudman, epoch, position)
         insert into publish.feed(huvudman, epoch, position, event_id, subject, cause, event)
         select n.huvudman, e.epoch, e.position - n.before_last, n.event_id, n.subject, n.cause, n.event
           from n join ends e using (huvudman)`,
};

const READ: Statement = {
  name: 'publish.read-feed',
  text: `select epoch, position, event::text as event from publish.feed
          where huvudman = $1 and (epoch, position) > ($2::bigint, $3::bigint)
          order by epoch, position limit $4`,
};

const ENDS: Statement = {
  name: 'publish.feed-ends',
  text: `select huvudman, epoch, position, forgotten_epoch as "forgottenEpoch", forgotten_position as "forgottenPosition"
           from publish.feed_end where huvudman = any($1::text[])`,
};

/** Real time, as the topics' retention is: a clock that is stepped for a demo must not empty the feed. */
const FORGET: Statement = {
  name: 'publish.forget-feed',
  text: `with gone as (delete from publish.feed
                        where ctid = any(array(select ctid from publish.feed
                                                where at < now() - make_interval(days => $1) limit $2))
                       returning huvudman, epoch, position),
              last as (select distinct on (huvudman) huvudman, epoch, position from gone
                        order by huvudman, epoch desc, position desc),
              noted as (update publish.feed_end f set forgotten_epoch = l.epoch, forgotten_position = l.position from last l
                         where f.huvudman = l.huvudman
                           and (l.epoch, l.position) > (f.forgotten_epoch, f.forgotten_position))
         select count(*) as events from gone`,
};

/**
 * Stamps each event's place in its huvudman's feed, in the transaction that takes it out of the outbox and in the order in which
 * Kafka has it. One relay at a time does this, so a reader who has seen a place will never find one before it filled later.
 */
export async function appendToFeed(
  rows: readonly RelayedRow[],
  session: Session,
  epoch: number,
): Promise<void> {
  const told = rows.flatMap((row) => structuredEvent(row) ?? []);
  if (told.length === 0) return;
  const left = new Map<string, number>();
  for (const { huvudman } of told) left.set(huvudman, (left.get(huvudman) ?? 0) + 1);
  const beforeLast = told.map(({ huvudman }) => {
    const remaining = left.get(huvudman)! - 1;
    left.set(huvudman, remaining);
    return remaining;
  });
  await session.query(APPEND, [
    told.map(({ huvudman }) => huvudman),
    beforeLast,
    told.map(({ id }) => id),
    told.map(({ subject }) => subject),
    told.map(({ cause }) => cause),
    told.map(({ event }) => event),
    epoch,
  ]);
}

/** The feeds as their readers and the retention see them. */
@Injectable()
export class FeedStore {
  constructor(private readonly stage: Stage) {}

  read(huvudman: string, after: FeedPlace, limit: number): Promise<FeedRow[]> {
    return this.stage.read<FeedRow>(READ, [huvudman, after.epoch, after.position, limit]);
  }

  async ends(huvudmen: readonly string[]): Promise<FeedEnds[]> {
    const rows = await this.stage.read<EndsRow>(ENDS, [huvudmen]);
    return rows.map(({ huvudman, epoch, position, forgottenEpoch, forgottenPosition }) => ({
      huvudman,
      end: { epoch, position },
      forgotten: { epoch: forgottenEpoch, position: forgottenPosition },
    }));
  }

  /** Forgets at most `max` events older than so many days. @returns how many it was. */
  async forget(olderThanDays: number, max: number): Promise<number> {
    const [row] = await this.stage.read<{ events: number }>(FORGET, [olderThanDays, max]);
    return row?.events ?? 0;
  }
}
