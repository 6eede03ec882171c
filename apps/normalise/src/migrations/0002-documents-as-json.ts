import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Nothing is asked inside these documents: as json they are stored and read as the text that they are, which jsonb takes apart. */
export class DocumentsAsJson1764000100002 implements MigrationInterface {
  readonly name = 'DocumentsAsJson1764000100002';

  async up(runner: QueryRunner): Promise<void> {
    await alter(runner, 'json');
  }

  async down(runner: QueryRunner): Promise<void> {
    await alter(runner, 'jsonb');
  }
}

async function alter(runner: QueryRunner, type: 'json' | 'jsonb'): Promise<void> {
  await runner.query(`
    alter table normalise.person alter state type ${type};
    alter table normalise.claim alter doc type ${type};
    alter table normalise.source_object alter doc type ${type};`);
}
