import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createReplayTable } from '#stage';

/** How far the register has been replayed; one row, once somebody has asked for it. */
export class Replay1764000100008 implements MigrationInterface {
  readonly name = 'Replay1764000100008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createReplayTable('normalise'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table normalise.replay');
  }
}
