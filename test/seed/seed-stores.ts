import { bootStage, type BootedStage, type Environment, type RootModule } from '#runtime';
import { Settings, Stage } from '#stage';
import { countrySettings } from '../bench/country.js';
import type { CopySession } from './copy-session.js';

const SETTINGS_LIMIT_MS = 30_000;

/** A stage with its own providers and an up-to-date schema, and without consumers. */
export function bootForSeed(
  stage: string,
  module: RootModule,
  environment: Environment,
): Promise<BootedStage> {
  const http = { host: '127.0.0.1', port: 0 };
  return bootStage(module, { stage, environment, http, ownsProcess: false });
}

/** @throws Error when the settings of the invented country do not come. */
export async function settingsAreThere(booted: BootedStage): Promise<void> {
  const settings = booted.app.get(Settings, { strict: false });
  const wanted = countrySettings().length;
  const ends = Date.now() + SETTINGS_LIMIT_MS;
  while (settings.all().length < wanted) {
    if (Date.now() > ends) throw new Error('The settings of the invented country did not come.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @throws Error when there is somebody in a store already. */
export async function assertEmpty(session: CopySession, stores: readonly string[]): Promise<void> {
  for (const store of stores) {
    const statement = { name: `seed.${store}`, text: `select 1 from ${store} limit 1` };
    if ((await session.run(statement)).length === 0) continue;
    throw new Error(
      `There are rows in ${store}: a seed fills empty stores only. Start over with --fresh, or name another database.`,
    );
  }
}

/** What the planner knows, and which pages need no more looking into; outside any transaction. */
export async function analyse(stages: readonly BootedStage[]): Promise<void> {
  for (const booted of stages) {
    const { database, schema } = booted.app.get(Stage, { strict: false });
    const tables = await database.read<{ name: string }>(
      {
        name: 'seed.tables',
        text: 'select tablename as name from pg_tables where schemaname = $1',
      },
      [schema],
    );
    await database.session(async (_session, client) => {
      await client.query('set statement_timeout = 0');
      for (const { name } of tables) await client.query(`vacuum (analyze) ${schema}.${name}`);
      await client.query('reset statement_timeout');
    });
  }
}
