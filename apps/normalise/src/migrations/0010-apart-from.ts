import type { MigrationInterface, QueryRunner } from 'typeorm';

/** From whom a human has separated each person; and whom each has taken over is found by an index, since erasing shreds their keys too. */
export class ApartFrom1764000100010 implements MigrationInterface {
  readonly name = 'ApartFrom1764000100010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table normalise.person add apart_from uuid[] not null default '{}';
      create index person_merged_into on normalise.person (merged_into) where merged_into is not null;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index normalise.person_merged_into;
      alter table normalise.person drop apart_from;`);
  }
}
