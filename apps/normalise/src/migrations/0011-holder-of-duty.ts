import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which of its source's records a duty names, so that it ends with that one; and the duties of whoever is dropped are found by an index,
 * since a pupil has thousands of reports. A duty from before says it when its source tells of it again.
 */
export class HolderOfDuty1764000100011 implements MigrationInterface {
  readonly name = 'HolderOfDuty1764000100011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table normalise.source_object add holder text;
      create index source_object_duty on normalise.source_object (person) where kind = 'duty';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index normalise.source_object_duty;
      alter table normalise.source_object drop holder;`);
  }
}
