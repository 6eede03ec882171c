import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why the facts of whom may not be the whole truth, who is kept because of it, and on which day it was last decided by time. */
export class StaleKnowledge1764000000203 implements MigrationInterface {
  readonly name = 'StaleKnowledge1764000000203';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table test_access.stale_knowledge (
        id text primary key,
        person uuid,
        source text,
        since timestamptz not null,
        check (person is not null or source is not null));
      create index stale_knowledge_person on test_access.stale_knowledge (person);
      alter table test_access.person_access add postponed_by text[];
      create index person_access_postponed on test_access.person_access (person) where postponed_by is not null;
      alter table test_access.rules add decided_on date;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table test_access.rules drop decided_on;
      alter table test_access.person_access drop postponed_by;
      drop table test_access.stale_knowledge;`);
  }
}
