import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is decided for each person, when time alone will change it, and by which rules it was decided. */
export class PersonAccess1764000000201 implements MigrationInterface {
  readonly name = 'PersonAccess1764000000201';

  async up(runner: QueryRunner): Promise<void> {
    // Facts and state are read and written whole: json keeps their text, so that unchanged facts are told by comparing it.
    await runner.query(`
      create table test_access.person_access (
        person uuid primary key,
        last_sequence text not null,
        emitted bigint not null,
        facts json not null,
        state json not null,
        next_due timestamptz)
        with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
      create index person_access_due on test_access.person_access (next_due) where next_due is not null;
      create table test_access.rules (
        only_row boolean primary key default true check (only_row),
        digest text not null,
        swept_to uuid);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table test_access.rules; drop table test_access.person_access');
  }
}
