import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables that every stage has, in its own schema (design §7). */
export class StageTables1764000000000 implements MigrationInterface {
  readonly name = 'StageTables1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    await runner.query(`
      create table ${schema}.position (
        topic text not null, partition int not null, next_offset bigint not null, cluster text not null,
        primary key (topic, partition));
      create table ${schema}.epoch (single boolean primary key default true check (single), epoch bigint not null, server_start timestamptz);
      insert into ${schema}.epoch(epoch) values (0);
      create table ${schema}.outbox (
        id bigint generated always as identity primary key,
        topic text not null, key text not null, headers text not null, value text not null, cause text not null)
        with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
      create table ${schema}.inbox (source text not null, id text not null, at timestamptz not null default now(), primary key (source, id));
      create index inbox_at on ${schema}.inbox using brin (at);
      create table ${schema}.filtered (cause text not null, outcome text not null, at timestamptz not null default now());
      create index filtered_at on ${schema}.filtered using brin (at);
      create table ${schema}.parked (
        id bigint generated always as identity primary key,
        topic text not null, partition int not null, record_offset bigint not null,
        key text not null, cause text not null, type text, source text,
        code text not null, cause_group text not null, issues jsonb not null, awaits text,
        headers jsonb not null, value bytea,
        state text not null default 'parked', attempts int not null default 0,
        due timestamptz, at timestamptz not null default now(), ended_at timestamptz);
      create index parked_key on ${schema}.parked (key, id) where state = 'parked';
      create index parked_awaits on ${schema}.parked (awaits) where state = 'parked';
      create index parked_due on ${schema}.parked (due) where state = 'parked';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    const schema = schemaOf(runner);
    for (const table of ['parked', 'filtered', 'inbox', 'outbox', 'epoch', 'position']) {
      await runner.query(`drop table ${schema}.${table}`);
    }
  }
}

export function schemaOf(runner: QueryRunner): string {
  return (runner.connection.options as { schema: string }).schema;
}
