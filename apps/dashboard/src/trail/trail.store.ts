import { Injectable } from '@nestjs/common';
import type { TrailData } from '#canonical';
import { Stage, type Statement, type UnitOfWork } from '#stage';
import { eventIdOf, keyOf, packBatch, unpackBatch, type TrailEvent } from './pack-batch.js';

/** What became of one event in one stage. */
export interface TrailStep extends TrailEvent {
  readonly stage: string;
  readonly at: Date;
}

/** What one stage handled lately. */
export interface StageActivity {
  readonly stage: string;
  readonly lastBatchAt: Date;
  readonly events: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** When a stage last told that it lives, and what it had parked then. */
export interface StageSign {
  readonly stage: string;
  readonly at: Date;
  readonly parked: NonNullable<TrailData['parked']>;
}

const ADD: Statement = {
  name: 'dashboard.add-batches',
  text: `insert into dashboard.batch(stage, topic, partition, at, duration_ms, events, outcomes, keys, told)
         select stage, topic, partition, at, duration_ms, events, outcomes, keys::int[], told
           from unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[], $5::real[], $6::int[], $7::jsonb[], $8::text[], $9::bytea[])
             as n(stage, topic, partition, at, duration_ms, events, outcomes, keys, told)`,
};

const SIGNS_IN: Statement = {
  name: 'dashboard.note-signs',
  text: `insert into dashboard.stage(stage, at, parked)
         select * from unnest($1::text[], $2::timestamptz[], $3::jsonb[])
             on conflict (stage) do update set at = excluded.at, parked = excluded.parked
          where excluded.at > dashboard.stage.at`,
};

const ACTIVITY: Statement = {
  name: 'dashboard.activity',
  text: `with recent as (select stage, at, events, outcomes from dashboard.batch
                          where at > now() - make_interval(mins => $1)),
              totals as (select stage, max(at) as "lastBatchAt", sum(events)::int as events from recent group by stage),
              outcomes as (select stage, jsonb_object_agg(outcome, events) as outcomes
                             from (select stage, o.key as outcome, sum(o.value::int) as events
                                     from recent, jsonb_each_text(outcomes) o group by 1, 2) s group by stage)
         select t.*, coalesce(o.outcomes, '{}') as outcomes from totals t left join outcomes o using (stage)`,
};

const SIGNS: Statement = {
  name: 'dashboard.signs',
  text: 'select stage, at, parked from dashboard.stage order by stage',
};

const FIND: Statement = {
  name: 'dashboard.find-batches',
  text: 'select stage, at, told from dashboard.batch where keys && $1::int[] order by at desc limit $2',
};

const FORGET: Statement = {
  name: 'dashboard.forget-batches',
  text: `with gone as (delete from dashboard.batch
                        where id = any(array(select id from dashboard.batch
                                              where at < now() - make_interval(days => $1) order by at limit $2))
                       returning 1)
         select count(*) as batches from gone`,
};

/** Batches looked into for one answer; a key may belong to others by chance, but seldom. */
const BATCHES_MAX = 400;
/** Causes followed from a person to the stages that know only the event. */
const CAUSES_MAX = 100;

/** The trail, and how the stages fare by it. */
@Injectable()
export class TrailStore {
  constructor(private readonly stage: Stage) {}

  async add(records: readonly TrailData[], unit: UnitOfWork): Promise<void> {
    await this.addBatches(
      records.filter(({ events }) => events.length > 0),
      unit,
    );
    await this.noteSigns(records, unit);
  }

  activity(minutes: number): Promise<StageActivity[]> {
    return this.stage.read<StageActivity>(ACTIVITY, [minutes]);
  }

  signs(): Promise<StageSign[]> {
    return this.stage.read<StageSign>(SIGNS, []);
  }

  /**
   * The way of one event or one person, oldest first: by the event's id, with or without its source before it, or by the hub's id
   * of the person. Stages before the one that found out who it is about are found by the events' causes.
   */
  async find(id: string): Promise<TrailStep[]> {
    const found = await this.findBy([id]);
    const causes = [...new Set(found.map(({ cause }) => cause))].slice(-CAUSES_MAX);
    const all = causes.length === 0 ? found : await this.findBy([id, ...causes]);
    return all.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  /** Forgets at most `max` batches older than so many days. @returns how many it was. */
  async forget(olderThanDays: number, max: number): Promise<number> {
    const [row] = await this.stage.read<{ batches: number }>(FORGET, [olderThanDays, max]);
    return row?.batches ?? 0;
  }

  private async findBy(ids: readonly string[]): Promise<TrailStep[]> {
    const wanted = new Set(ids);
    const rows = await this.stage.read<{ stage: string; at: Date; told: Buffer }>(FIND, [
      ids.map((id) => keyOf(eventIdOf(id))),
      BATCHES_MAX,
    ]);
    return rows.flatMap(({ stage, at, told }) =>
      unpackBatch(told)
        .filter(({ cause, subject }) => isAbout(wanted, cause, subject))
        .map((event) => ({ ...event, stage, at })),
    );
  }

  private async addBatches(records: readonly TrailData[], unit: UnitOfWork): Promise<void> {
    if (records.length === 0) return;
    const packed = records.map(({ events }) => packBatch(events));
    await unit.query(ADD, [
      records.map(({ stage }) => stage),
      records.map(({ topic }) => topic),
      records.map(({ partition }) => partition),
      records.map(({ at }) => at),
      records.map(({ durationMs }) => durationMs),
      records.map(({ events }) => events.length),
      packed.map(({ outcomes }) => JSON.stringify(outcomes)),
      packed.map(({ keys }) => `{${keys.join(',')}}`),
      packed.map(({ told }) => told),
    ]);
  }

  private async noteSigns(records: readonly TrailData[], unit: UnitOfWork): Promise<void> {
    const newest = new Map<string, TrailData>();
    for (const record of records) {
      if (!record.parked) continue;
      const known = newest.get(record.stage);
      if (!known || record.at > known.at) newest.set(record.stage, record);
    }
    if (newest.size === 0) return;
    const signs = [...newest.values()].sort((a, b) => (a.stage < b.stage ? -1 : 1));
    await unit.query(SIGNS_IN, [
      signs.map(({ stage }) => stage),
      signs.map(({ at }) => at),
      signs.map(({ parked }) => JSON.stringify(parked)),
    ]);
  }
}

function isAbout(wanted: ReadonlySet<string>, cause: string, subject: string | undefined): boolean {
  return wanted.has(cause) || wanted.has(eventIdOf(cause)) || wanted.has(subject ?? '');
}
