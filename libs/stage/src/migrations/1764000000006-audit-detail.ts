import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './1764000000000-stage-tables.js';

/** Of what was read in parts, which part it was. Entries without it hold as they are: it is hashed only where it is there. */
export class AuditDetail1764000000006 implements MigrationInterface {
  readonly name = 'AuditDetail1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ${schemaOf(runner)}.audit add column detail text`);
  }

  /** The chain breaks at the first entry that had a detail. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ${schemaOf(runner)}.audit drop column detail`);
  }
}
