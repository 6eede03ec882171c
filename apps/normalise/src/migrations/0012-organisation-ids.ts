import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What several sources say of one huvudman is found by its id. */
export class OrganisationIds1764000100012 implements MigrationInterface {
  readonly name = 'OrganisationIds1764000100012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index source_organisation_id on normalise.source_organisation ((doc->>'id')) where doc is not null;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index normalise.source_organisation_id;');
  }
}
