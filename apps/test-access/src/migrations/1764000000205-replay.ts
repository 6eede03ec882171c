import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createReplayTable } from '#stage';

/** How far access has been replayed; one row, once somebody has asked for it. */
export class Replay1764000000205 implements MigrationInterface {
  readonly name = 'Replay1764000000205';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createReplayTable('test_access'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table test_access.replay');
  }
}
