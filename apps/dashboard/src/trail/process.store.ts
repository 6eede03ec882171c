import { Injectable } from '@nestjs/common';
import type { TrailData } from '#canonical';
import { Stage, type Statement, type UnitOfWork } from '#stage';

/** One process of a stage, by its last sign of life. */
export interface StageProcess {
  readonly id: string;
  readonly stage: string;
  readonly startedAt: Date;
  /** Of the last sign, by the clock of the process. */
  readonly at: Date;
  /** It said that it ends, in order. */
  readonly ended: boolean;
}

const NOTE: Statement = {
  name: 'dashboard.note-processes',
  text: `insert into dashboard.process as known (id, stage, started_at, at, ended)
         select * from unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::boolean[])
             on conflict (id) do update set at = greatest(known.at, excluded.at), ended = known.ended or excluded.ended`,
};

const LATELY: Statement = {
  name: 'dashboard.processes-lately',
  text: `select id, stage, started_at as "startedAt", at, ended from dashboard.process
          where at > now() - make_interval(mins => $1) order by started_at`,
};

const FORGET: Statement = {
  name: 'dashboard.forget-processes',
  text: 'delete from dashboard.process where at < now() - make_interval(days => $1)',
};

/** The processes that gave signs of life. */
@Injectable()
export class ProcessStore {
  constructor(private readonly stage: Stage) {}

  async note(records: readonly TrailData[], unit: UnitOfWork): Promise<void> {
    const byId = new Map<string, StageProcess>();
    for (const { stage, at, process } of records) {
      if (!process) continue;
      const { id, startedAt, ends = false } = process;
      const known = byId.get(id);
      const last = new Date(Math.max(Date.parse(at), known?.at.getTime() ?? 0));
      const ended = ends || (known?.ended ?? false);
      byId.set(id, { id, stage, startedAt: new Date(startedAt), at: last, ended });
    }
    if (byId.size === 0) return;
    const processes = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    await unit.query(NOTE, [
      processes.map(({ id }) => id),
      processes.map(({ stage }) => stage),
      processes.map(({ startedAt }) => startedAt),
      processes.map(({ at }) => at),
      processes.map(({ ended }) => ended),
    ]);
  }

  /** Those that gave a sign within so many minutes, in the order in which they began. */
  lately(minutes: number): Promise<StageProcess[]> {
    return this.stage.read<StageProcess>(LATELY, [minutes]);
  }

  async forget(olderThanDays: number): Promise<void> {
    await this.stage.read(FORGET, [olderThanDays]);
  }
}
