import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Since when a death or an emigration of somebody is held, so that its finding is opened and closed once. */
export class HeldStatus1764000100013 implements MigrationInterface {
  readonly name = 'HeldStatus1764000100013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table normalise.person add status_held_since timestamptz;');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table normalise.person drop status_held_since;');
  }
}
