import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Since when a person is dormant, by the hub's time, and what each night's run of the retention did. Of whoever is dormant already it is
 * not known since when: it counts from now, so that nobody is erased too soon.
 */
export class Retention1764000100007 implements MigrationInterface {
  readonly name = 'Retention1764000100007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table normalise.person add dormant_since timestamptz;
      update normalise.person set dormant_since = now() where state->>'standing' = 'dormant' and merged_into is null;
      create index person_dormant on normalise.person (id, dormant_since) where dormant_since is not null;
      create table normalise.retention_run (
        night date primary key,
        mode text not null check (mode in ('dry-run', 'erase')),
        state text not null check (state in ('running', 'done', 'stopped')),
        began_at timestamptz not null,
        ended_at timestamptz,
        passed uuid not null,
        looked_at bigint not null default 0,
        erased bigint not null default 0,
        kept jsonb not null default '{}',
        questions bigint not null default 0,
        duration_ms bigint not null default 0);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table normalise.retention_run;
      drop index normalise.person_dormant;
      alter table normalise.person drop dormant_since;`);
  }
}
