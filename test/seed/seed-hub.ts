import { bootStage, type BootedStage, type Environment, type RootModule } from '#runtime';
import { HuvudmanKeys, Settings, Stage } from '#stage';
import { NormaliseModule } from '#apps/normalise';
import { PublishModule } from '#apps/publish';
import { TestAccessModule } from '#apps/test-access';
import { SourceEventsHandler } from '../../apps/normalise/src/source-events.handler.js';
import { HubEventsHandler } from '../../apps/publish/src/hub-events.handler.js';
import { CanonicalEventsHandler } from '../../apps/test-access/src/canonical-events.handler.js';
import { countrySettings, schoolUnits } from '../bench/country.js';
import { EventInventor, readMix, type InventedEvent } from '../bench/invent-events.js';
import { CopySession } from './copy-session.js';
import { cloudEvent, seedDoor } from './door.js';
import { SeedStage } from './seed-stage.js';

/** As many as a stage handles in one transaction, times a few: a COPY per table and chunk. */
const CHUNK_PERSONS = 2_000;
const SETTINGS_LIMIT_MS = 30_000;
/** When the invented registers last changed anything: long ago, so that whatever comes later is newer. */
const REGISTERED_MS = Date.parse('2025-08-18T06:00:00Z');
export const SEED_RUN = 'seed';

export interface SeedOptions {
  /** What the stages' configuration reads; services and settings of the country must be there. */
  readonly environment: Environment;
  readonly databaseUrl: string;
  readonly persons: number;
  readonly seed: number;
  readonly onProgress?: (persons: number) => void;
}

/** The persons of a seed, as the door would be told of them: the same for the same seed, times included. */
export function seedInventor(seed: number): EventInventor {
  return new EventInventor(readMix(), SEED_RUN, 0, seed, () => REGISTERED_MS);
}

/**
 * Fills the stores of normalise, test-access and publish with persons, by COPY and in one transaction. What is written is what the
 * stages' own handlers decide, from events as the door lets them in.
 *
 * @throws Error when there is somebody in a store already.
 */
export async function seedHub(options: SeedOptions): Promise<{ rows: number }> {
  const { environment, persons, seed } = options;
  const stages: BootedStage[] = [];
  let session: CopySession | undefined;
  const boot = async (stage: string, module: RootModule) => {
    const http = { host: '127.0.0.1', port: 0 };
    const booted = await bootStage(module, { stage, environment, http, ownsProcess: false });
    stages.push(booted);
    return booted;
  };
  try {
    const normalise = await boot('normalise', NormaliseModule);
    const access = await boot('test-access', TestAccessModule);
    const publish = await boot('publish', PublishModule);
    for (const booted of stages) await settingsAreThere(booted);
    session = await CopySession.open(options.databaseUrl);
    await assertEmpty(session);
    const pass = pipelineOf(session, { normalise, access, publish });
    const inventor = seedInventor(seed);
    await pass(schoolUnits());
    for (let from = 0; from < persons; from += CHUNK_PERSONS) {
      const size = Math.min(CHUNK_PERSONS, persons - from);
      await pass(Array.from({ length: size }, (_, index) => inventor.passing(from + index)));
      options.onProgress?.(from + size);
    }
    await session.commit();
    await analyse(stages);
    return { rows: session.copied };
  } finally {
    await session?.close();
    for (const booted of stages) await booted.stop();
  }
}

type Stages = Readonly<Record<'normalise' | 'access' | 'publish', BootedStage>>;

function pipelineOf(session: CopySession, { normalise, access, publish }: Stages) {
  const get = <T>(booted: BootedStage, provider: abstract new (...given: never[]) => T) =>
    booted.app.get<T>(provider, { strict: false });
  const door = seedDoor({ settings: get(normalise, Settings), keys: get(normalise, HuvudmanKeys) });
  const first = new SeedStage(normalise, get(normalise, SourceEventsHandler), session);
  const second = new SeedStage(access, get(access, CanonicalEventsHandler), session);
  const third = new SeedStage(publish, get(publish, HubEventsHandler), session);
  return async (events: readonly InventedEvent[]): Promise<void> => {
    const records = events.map((event) => door(cloudEvent(SEED_RUN, event), event.source));
    const canonical = await first.take(records);
    const decided = await second.take(canonical);
    await third.take([...canonical, ...decided.filter(({ topic }) => topic === 'access.events')]);
  };
}

async function settingsAreThere(booted: BootedStage): Promise<void> {
  const settings = booted.app.get(Settings, { strict: false });
  const wanted = countrySettings().length;
  const ends = Date.now() + SETTINGS_LIMIT_MS;
  while (settings.all().length < wanted) {
    if (Date.now() > ends) throw new Error('The settings of the invented country did not come.');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const STORES = ['normalise.person', 'test_access.person_access', 'publish.view'] as const;

async function assertEmpty(session: CopySession): Promise<void> {
  for (const store of STORES) {
    const statement = { name: `seed.${store}`, text: `select 1 from ${store} limit 1` };
    if ((await session.run(statement)).length === 0) continue;
    throw new Error(
      `There are rows in ${store}: a seed fills empty stores only. Start over with --fresh, or name another database.`,
    );
  }
}

/** What the planner knows, and which pages need no more looking into; outside any transaction. */
async function analyse(stages: readonly BootedStage[]): Promise<void> {
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
