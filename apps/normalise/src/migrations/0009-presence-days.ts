import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The last day in Sweden of each report of presence, by which the retention finds it; and how many reports each night's run deleted. */
export class PresenceDays1764000100009 implements MigrationInterface {
  readonly name = 'PresenceDays1764000100009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table normalise.source_object add last_day date;
      update normalise.source_object
        set last_day = (coalesce(doc->>'endTime', doc->>'startTime')::timestamptz at time zone 'Europe/Stockholm')::date
        where kind = 'presence' and doc is not null;
      create index source_object_presence on normalise.source_object (source, last_day) where kind = 'presence';
      alter table normalise.retention_run add presence bigint not null default 0;`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table normalise.retention_run drop presence;
      drop index normalise.source_object_presence;
      alter table normalise.source_object drop last_day;`);
  }
}
