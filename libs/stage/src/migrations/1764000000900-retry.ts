import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './1764000000000-stage-tables.js';

/** What administrators have asked to be tried again, and how far that is: see retry/retries.ts. */
export class Retry1764000000900 implements MigrationInterface {
  readonly name = 'Retry1764000000900';

  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`
      create table ${schema}.retry (
        number bigint generated always as identity primary key,
        cause text not null, asked_at timestamptz not null, cause_group text not null, event bigint,
        first_id bigint not null, last_id bigint not null, events int not null,
        through int not null default 0, parked_again int not null default 0,
        outcome text, ended_at timestamptz);
      create unique index retry_under_way on ${schema}.retry ((ended_at is null)) where ended_at is null;
      alter table ${schema}.parked add retry bigint not null default 0, add asked timestamptz;
      create index parked_cause_group on ${schema}.parked (cause_group, retry, id) where state = 'parked';
      create index parked_retry on ${schema}.parked (retry, id) where retry > 0;
      create index parked_asked on ${schema}.parked (id) where state = 'parked' and asked is not null;
      drop index ${schema}.parked_due;
      create index parked_due on ${schema}.parked (least(due, asked)) where state = 'parked';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`
      drop index ${schema}.parked_due;
      alter table ${schema}.parked drop asked, drop retry;
      create index parked_due on ${schema}.parked (due) where state = 'parked';
      drop table ${schema}.retry;`);
  }
}
