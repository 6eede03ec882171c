import { Injectable } from '@nestjs/common';
import type { FindingData } from '#canonical';
import { Stage, type Statement, type UnitOfWork } from '#stage';

/** A finding that is open. */
export interface OpenFinding {
  readonly id: string;
  readonly stage: string;
  readonly cause: string;
  readonly source: string | null;
  readonly huvudman: string | null;
  readonly subject: string | null;
  readonly since: Date;
  readonly mustAct: FindingData['mustAct'];
}

/** Open findings of one cause, counted. */
export interface FindingCount {
  readonly cause: string;
  readonly findings: number;
  readonly since: Date;
}

const NOTE: Statement = {
  name: 'dashboard.note-findings',
  text: `insert into dashboard.finding(id, state, stage, cause, source, huvudman, subject, since, must_act)
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                              $8::timestamptz[], $9::text[])
             on conflict (id) do update
            set state = excluded.state, since = excluded.since, must_act = excluded.must_act, at = now()
          where excluded.since >= dashboard.finding.since`,
};

const OPEN: Statement = {
  name: 'dashboard.open-findings',
  text: `select id, stage, cause, source, huvudman, subject, since, must_act as "mustAct" from dashboard.finding
          where state = 'opened' and cause = any($1) order by since limit $2`,
};

const COUNTS: Statement = {
  name: 'dashboard.count-findings',
  text: `select cause, count(*)::int as findings, min(since) as since from dashboard.finding
          where state = 'opened' group by cause order by 2 desc, 1`,
};

const FORGET: Statement = {
  name: 'dashboard.forget-findings',
  text: `delete from dashboard.finding where state = 'closed' and at < now() - make_interval(days => $1)`,
};

/** Findings by their newest word: a finding's records share a key, so they come in the order in which they were written. */
@Injectable()
export class FindingStore {
  constructor(private readonly stage: Stage) {}

  async note(findings: readonly FindingData[], unit: UnitOfWork): Promise<void> {
    const newest = new Map(findings.map((finding) => [finding.id, finding]));
    if (newest.size === 0) return;
    const rows = [...newest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    await unit.query(NOTE, [
      rows.map(({ id }) => id),
      rows.map(({ state }) => state),
      rows.map(({ stage }) => stage),
      rows.map(({ cause }) => cause),
      rows.map(({ source }) => source ?? null),
      rows.map(({ huvudman }) => huvudman ?? null),
      rows.map(({ subject }) => subject ?? null),
      rows.map(({ since }) => since),
      rows.map(({ mustAct }) => mustAct),
    ]);
  }

  /** Open findings of the causes, the oldest first. */
  open(causes: readonly string[], max: number): Promise<OpenFinding[]> {
    return this.stage.read<OpenFinding>(OPEN, [causes, max]);
  }

  counts(): Promise<FindingCount[]> {
    return this.stage.read<FindingCount>(COUNTS, []);
  }

  async forgetClosed(olderThanDays: number): Promise<void> {
    await this.stage.read(FORGET, [olderThanDays]);
  }
}
