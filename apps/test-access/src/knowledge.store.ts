import { Injectable } from '@nestjs/common';
import type { FindingData } from '#canonical';
import type { Statement, UnitOfWork } from '#stage';

const NOTE: Statement = {
  name: 'test-access.note-stale',
  text: `insert into test_access.stale_knowledge(id, person, source, since)
         select * from unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[])
             on conflict (id) do update set since = excluded.since`,
};

const FORGET: Statement = {
  name: 'test-access.forget-stale',
  text: `delete from test_access.stale_knowledge where id = any($1::text[])`,
};

const FOLLOW: Statement = {
  name: 'test-access.stale-follows',
  text: `update test_access.stale_knowledge set person = $2 where person = $1`,
};

const OF_PERSONS: Statement = {
  name: 'test-access.stale-of-persons',
  text: `select id, person, source from test_access.stale_knowledge
          where person is null or person = any($1::uuid[]) order by id`,
};

/** Persons whose end was postponed for a reason that is gone are due; asked of the tables, so that none is missed in a race. */
const RELEASE: Statement = {
  name: 'test-access.release-postponed',
  text: `with released as (
           select p.person from test_access.person_access p
            where p.postponed_by is not null
              and exists (select from unnest(p.postponed_by) as reason
                           where reason <> all($2::text[])
                             and not exists (select from test_access.stale_knowledge k where k.id = reason))
            order by p.person limit $3 for update of p)
         update test_access.person_access p set next_due = least(p.next_due, $1)
           from released where p.person = released.person`,
};

export interface StaleRow {
  /** The id of the finding that tells of it. */
  readonly id: string;
  /** Null: it is a source that is silent. */
  readonly person: string | null;
  readonly source: string | null;
}

/** What findings say of whose facts may not be the whole truth now. */
@Injectable()
export class KnowledgeStore {
  /** Takes findings in, the newest word of each. */
  note(findings: readonly FindingData[], unit: UnitOfWork): void {
    const newest = new Map(findings.map((finding) => [finding.id, finding]));
    const rows = [...newest.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    const opened = rows.filter(({ state }) => state === 'opened');
    const closed = rows.filter(({ state }) => state === 'closed');
    if (opened.length > 0) {
      unit.write(NOTE, [
        opened.map(({ id }) => id),
        opened.map(({ subject }) => subject ?? null),
        opened.map(({ source }) => source ?? null),
        opened.map(({ since }) => since),
      ]);
    }
    if (closed.length > 0) unit.write(FORGET, [closed.map(({ id }) => id)]);
  }

  /** Two persons were one: what is stale of the one is stale of the survivor. */
  follow(from: string, into: string, unit: UnitOfWork): void {
    unit.write(FOLLOW, [from, into]);
  }

  /** What is stale of these persons, and every source that is silent. */
  of(persons: readonly string[], unit: UnitOfWork): Promise<StaleRow[]> {
    return unit.query<StaleRow>(OF_PERSONS, [persons]);
  }

  /** Makes due whose end was postponed for a reason that is gone; `others` are reasons beside the findings that hold still. */
  async release(unit: UnitOfWork, others: readonly string[], limit: number): Promise<void> {
    await unit.query(RELEASE, [unit.now, others, limit]);
  }
}
