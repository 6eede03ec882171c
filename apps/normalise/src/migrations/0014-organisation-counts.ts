import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How many events there have been of an organisation stays known when no source states its id any more. Until now the records that
 * stated it counted together, so the highest of theirs is where it is.
 */
export class OrganisationCounts1764000100014 implements MigrationInterface {
  readonly name = 'OrganisationCounts1764000100014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table normalise.organisation (
        id text primary key,
        emitted bigint not null
      );
      insert into normalise.organisation (id, emitted)
      select doc->>'id', max(emitted) from normalise.source_organisation where doc is not null group by 1;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table normalise.organisation;');
  }
}
