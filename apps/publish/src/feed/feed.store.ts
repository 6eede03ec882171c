import { Injectable } from '@nestjs/common';
import type { Session } from '#database';
import { Stage, type OutboxRow, type Statement } from '#stage';
import { FEED_START, type FeedPlace } from './feed-cursor.js';
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

/** Headers and payload as the huvudman's topic has them. */
interface StoredRow extends FeedPlace {
  readonly headers: string;
  readonly value: string;
}

interface EndsRow {
  readonly huvudman: string;
  readonly epoch: number;
  readonly position: number;
  readonly forgottenEpoch: number;
  readonly forgottenPosition: number;
}

/**
 * What goes to a huvudman's topic moves from the outbox to the feed as it is, without leaving the server; the rest is deleted. One row
 * per huvudman counts; each event's place is told by how far it is from the batch's last one.
 */
const MOVE: Statement = {
  name: 'publish.move-to-feed',
  text: `with n as (select * from unnest($1::bigint[], $2::text[], $3::int[], $4::uuid[])
                      as n(id, huvudman, before_last, event_id)),
              gone as (delete from publish.outbox where id = any($1::bigint[])
                       returning id, key, headers, value, cause),
              ends as (insert into publish.feed_end as f (huvudman, epoch, position)
                       select huvudman, $5::bigint, count(*) from n where huvudman is not null group by 1 order by 1
                           on conflict (huvudman) do update
                          set epoch = greatest(f.epoch, excluded.epoch), position = f.position + excluded.position
                       returning huvudman, epoch, position)
         insert into publish.feed(huvudman, epoch, position, event_id, subject, cause, headers, value)
         select n.huvudman, e.epoch, e.position - n.before_last, n.event_id, gone.key::uuid, gone.cause, gone.headers, gone.value
           from n join ends e using (huvudman) join gone using (id)`,
};

const READ: Statement = {
  name: 'publish.read-feed',
  text: `select epoch, position, headers, value from publish.feed
          where huvudman = $1 and (epoch, position) > ($2::bigint, $3::bigint)
          order by epoch, position limit $4`,
};

const ENDS: Statement = {
  name: 'publish.feed-ends',
  text: `select huvudman, epoch, position, forgotten_epoch as "forgottenEpoch", forgotten_position as "forgottenPosition"
           from publish.feed_end where huvudman = any($1::text[])`,
};

const LOOK_UP: Statement = {
  name: 'publish.look-up-place',
  text: `select forgotten_epoch as epoch, forgotten_position as position,
                exists (select from publish.feed f
                         where f.huvudman = feed_end.huvudman and f.epoch = $2 and f.position = $3) as "isThere"
           from publish.feed_end where huvudman = $1`,
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
export async function moveToFeed(
  rows: readonly OutboxRow[],
  session: Session,
  epoch: number,
): Promise<void> {
  const owners = rows.map(({ topic }) => HUVUDMAN_TOPIC.exec(topic)?.[1] ?? null);
  const left = new Map<string | null, number>();
  for (const huvudman of owners) left.set(huvudman, (left.get(huvudman) ?? 0) + 1);
  const beforeLast = owners.map((huvudman) => {
    const remaining = left.get(huvudman)! - 1;
    left.set(huvudman, remaining);
    return remaining;
  });
  await session.query(MOVE, [
    rows.map(({ id }) => id),
    owners,
    beforeLast,
    rows.map(({ headers }, index) => (owners[index] === null ? null : headers['ce_id'])),
    epoch,
  ]);
}

const HUVUDMAN_TOPIC = /^huvudman\.([a-z0-9]{8,32})\.events$/;

/** The feeds as their readers and the retention see them. */
@Injectable()
export class FeedStore {
  constructor(private readonly stage: Stage) {}

  async read(huvudman: string, after: FeedPlace, limit: number): Promise<FeedRow[]> {
    const places = [huvudman, after.epoch, after.position, limit];
    return (await this.stage.read<StoredRow>(READ, places)).map(
      ({ epoch, position, headers, value }) => ({
        epoch,
        position,
        event: structuredEvent(headers, value),
      }),
    );
  }

  async ends(huvudmen: readonly string[]): Promise<FeedEnds[]> {
    const rows = await this.stage.read<EndsRow>(ENDS, [huvudmen]);
    return rows.map(({ huvudman, epoch, position, forgottenEpoch, forgottenPosition }) => ({
      huvudman,
      end: { epoch, position },
      forgotten: { epoch: forgottenEpoch, position: forgottenPosition },
    }));
  }

  /** Up to where the feed has been forgotten, and whether it holds an event at this place. */
  async lookUp(
    huvudman: string,
    { epoch, position }: FeedPlace,
  ): Promise<{ readonly forgotten: FeedPlace; readonly isThere: boolean }> {
    const [row] = await this.stage.read<FeedPlace & { isThere: boolean }>(LOOK_UP, [
      huvudman,
      epoch,
      position,
    ]);
    const { isThere, ...forgotten } = row ?? { ...FEED_START, isThere: false };
    return { forgotten, isThere };
  }

  /** Forgets at most `max` events older than so many days. @returns how many it was. */
  async forget(olderThanDays: number, max: number): Promise<number> {
    const [row] = await this.stage.read<{ events: number }>(FORGET, [olderThanDays, max]);
    return row?.events ?? 0;
  }
}
