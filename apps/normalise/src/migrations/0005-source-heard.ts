import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each source was last heard of, and since when it is silent. */
export class SourceHeard1764000100005 implements MigrationInterface {
  readonly name = 'SourceHeard1764000100005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table normalise.source_heard (
        source text primary key,
        first_seen timestamptz not null,
        heard timestamptz,
        silent_since timestamptz);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table normalise.source_heard');
  }
}
