import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose source gave an EPPN: a test that is reported under one that was let go since still belongs to that huvudman. */
export class HuvudmanOfEppn1764000100006 implements MigrationInterface {
  readonly name = 'HuvudmanOfEppn1764000100006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table normalise.identifier add column huvudman text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table normalise.identifier drop column huvudman');
  }
}
