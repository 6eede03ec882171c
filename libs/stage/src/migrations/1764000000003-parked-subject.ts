import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './1764000000000-stage-tables.js';

/** About whom a parked event is, and whether that it is parked, or is no more, has been told: see parked-findings.ts. */
export class ParkedSubject1764000000003 implements MigrationInterface {
  readonly name = 'ParkedSubject1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`
      alter table ${schema}.parked add subject text, add told boolean not null default false;
      create index parked_subject on ${schema}.parked (subject) where state = 'parked';
      create index parked_untold on ${schema}.parked (id) where subject is not null and told <> (state = 'parked');`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`alter table ${schema}.parked drop told, drop subject;`);
  }
}
