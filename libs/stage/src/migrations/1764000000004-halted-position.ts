import type { MigrationInterface, QueryRunner } from 'typeorm';
import { schemaOf } from './1764000000000-stage-tables.js';

/** Why a lane must not go on, until a person has decided: the log may grow past its position meanwhile, and look whole again. */
export class HaltedPosition1764000000004 implements MigrationInterface {
  readonly name = 'HaltedPosition1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ${schemaOf(runner)}.position add halted text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table ${schemaOf(runner)}.position drop halted`);
  }
}
