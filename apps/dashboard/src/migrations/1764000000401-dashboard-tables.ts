import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the stages told on `trail` and `findings`. */
export class DashboardTables1764000000401 implements MigrationInterface {
  readonly name = 'DashboardTables1764000000401';

  async up(runner: QueryRunner): Promise<void> {
    // A row per batch, not per event: four stages tell of every event, and a row for each would cost more than handling them did.
    // `keys` are hashes of the events' causes and subjects; `told` is packed already, so that PostgreSQL need not try.
    await runner.query(`
      create table dashboard.batch (
        id bigint generated always as identity primary key,
        stage text not null,
        topic text not null,
        partition int not null,
        at timestamptz not null,
        duration_ms real not null,
        events int not null,
        outcomes jsonb not null,
        keys int[] not null,
        told bytea not null);
      alter table dashboard.batch alter column told set storage external;
      create index batch_keys on dashboard.batch using gin (keys);
      create index batch_at on dashboard.batch (at);
      create table dashboard.stage (
        stage text primary key,
        at timestamptz not null,
        parked jsonb not null default '[]');
      create table dashboard.finding (
        id text primary key,
        state text not null,
        stage text not null,
        cause text not null,
        source text,
        huvudman text,
        subject text,
        since timestamptz not null,
        must_act text not null,
        at timestamptz not null default now());
      create index finding_open on dashboard.finding (cause, since) where state = 'opened';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['finding', 'stage', 'batch']) {
      await runner.query(`drop table dashboard.${table}`);
    }
  }
}
