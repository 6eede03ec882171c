import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the register has been replayed; one row, once somebody has asked for it. */
export class Replay1764000100008 implements MigrationInterface {
  readonly name = 'Replay1764000100008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table normalise.replay (
        single boolean primary key default true check (single),
        cause text not null,
        asked_at timestamptz not null,
        phase text not null,
        passed text not null,
        replayed bigint not null,
        ended_at timestamptz,
        stopped boolean not null default false);`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table normalise.replay');
  }
}
