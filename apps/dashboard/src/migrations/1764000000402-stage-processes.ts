import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The processes of each stage, by their signs of life. */
export class StageProcesses1764000000402 implements MigrationInterface {
  readonly name = 'StageProcesses1764000000402';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table dashboard.process (
        id text primary key,
        stage text not null,
        started_at timestamptz not null,
        at timestamptz not null,
        ended boolean not null default false)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table dashboard.process');
  }
}
