import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each huvudman was last told of each subject, and the feed of what it was told. */
export class PublishTables1764000000301 implements MigrationInterface {
  readonly name = 'PublishTables1764000000301';

  async up(runner: QueryRunner): Promise<void> {
    // No index holds what an event changes, and pages keep room: updates stay on their page (HOT).
    await runner.query(`
      create table publish.view (
        huvudman text not null,
        subject uuid not null,
        hub_subject uuid not null,
        last_canonical text not null default '',
        last_access text not null default '',
        emitted bigint not null default 0,
        view json not null default 'null',
        primary key (huvudman, subject))
        with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
      create index view_hub_subject on publish.view (hub_subject);
      create table publish.feed (
        huvudman text not null,
        epoch bigint not null,
        position bigint not null,
        event_id uuid not null,
        subject uuid not null,
        cause text not null,
        event json not null,
        at timestamptz not null default now(),
        primary key (huvudman, epoch, position));
      create index feed_at on publish.feed using brin (at);
      create table publish.feed_end (
        huvudman text primary key,
        epoch bigint not null default 0,
        position bigint not null default 0,
        forgotten_epoch bigint not null default 0,
        forgotten_position bigint not null default 0)
        with (fillfactor = 50);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['feed_end', 'feed', 'view']) {
      await runner.query(`drop table publish.${table}`);
    }
  }
}
