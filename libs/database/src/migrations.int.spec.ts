import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ownServices, type OwnServices } from '#testing';
import { Database, DEFAULT_DATABASE_OPTIONS } from './index.js';

const LIMIT_MS = 200;

/** As one that reads a large table. */
class Slow1764000009999 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select pg_sleep(0.6)');
    await runner.query('create table migrations_spec.done (id int)');
  }

  async down(): Promise<void> {
    // Nothing goes back.
  }
}

describe('a migration that takes longer than a statement may', () => {
  let services: OwnServices;
  const databases: Database[] = [];

  beforeAll(async () => {
    services = await ownServices('migrations');
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.stop()));
    await services?.stop();
  });

  it('is done, once, by processes that start together, and statements have their limit after it', async () => {
    for (let count = 0; count < 2; count++) {
      databases.push(
        new Database({
          ...DEFAULT_DATABASE_OPTIONS,
          url: services.environment.DATABASE_URL!,
          schema: 'migrations_spec',
          applicationName: 'spec',
          statementTimeoutMs: LIMIT_MS,
          entities: [],
          migrations: [Slow1764000009999],
        }),
      );
    }
    await Promise.all(databases.map((database) => database.start()));
    const [database] = databases;
    const count = { name: 'spec.count', text: 'select count(*)::int as count from migrations_spec.migration' }; // prettier-ignore
    expect(await database!.read(count, [])).toEqual([{ count: 1 }]);
    const slow = { name: 'spec.slow', text: 'select pg_sleep(1)' };
    await expect(database!.read(slow, [])).rejects.toMatchObject({ code: '57014' });
  });
});
