import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './1764000000000-stage-tables.js';

/** In which life of the server the epoch was raised: see forgotten-records.ts. */
export class StageLife1764000000001 implements MigrationInterface {
  readonly name = 'StageLife1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`alter table ${schema}.epoch add system text, add log_at numeric;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`alter table ${schema}.epoch drop system, drop log_at;`);
  }
}
