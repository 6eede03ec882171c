import { settingKey } from '#canonical';
import { bootStage, type BootedStage, type RootModule } from '#runtime';
import { Settings, stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { IngestModule } from '#apps/ingest';
import { NormaliseModule } from '#apps/normalise';
import { PublishModule } from '#apps/publish';
import { TestAccessModule } from '#apps/test-access';
import { countrySettings, schoolUnits } from '../bench/country.js';
import { HUVUDMEN, huvudmanId, type InventedEvent } from '../bench/invent-events.js';
import { cloudEvent } from './door.js';
import { SEED_RUN, seedHub, seedInventor } from './seed-hub.js';

const PERSONS = 2_000;
const SEED = 7;
const BATCH = 250;
const PUSH_LIMIT_MS = 240_000;
/** How many rows of a difference are shown. */
const SHOWN = 3;

/** The tables that a seed fills, and what of each is the same whenever and in whichever order it was written. */
const TABLES: Readonly<Record<string, string>> = {
  'normalise.person': 'id, length(key) as key, emitted, state',
  'normalise.claim':
    'source, local_id, person, huvudman, kind, modified, sequence, deleted, content, doc, length(sealed) as sealed, sealed_digest, number_digest, number_kind',
  'normalise.identifier': 'kind, digest, scope, person, held, huvudman',
  'normalise.school_unit': '*',
  'normalise.source_organisation': '*',
  'normalise.organisation': '*',
  'normalise.source_object': '*',
  'normalise.inbox': 'source, id',
  'normalise.filtered': 'cause, outcome',
  'normalise.parked': 'cause, code, state',
  'test_access.person_access': 'person, last_sequence, emitted, facts, state, next_due',
  'test_access.entry_eppn': '*',
  'test_access.filtered': 'cause, outcome',
  'test_access.parked': 'cause, code, state',
  'publish.view': 'huvudman, subject, hub_subject, last_canonical, last_access, emitted, view',
  // Which of a person's events publish numbers first depends on which of its two topics is read first.
  'publish.feed': `huvudman, event_id, subject, cause, headers::jsonb - 'ce_sequence' as headers, value`,
  'publish.feed_end': 'huvudman, position, forgotten_position',
  'publish.filtered': 'cause, outcome',
  'publish.parked': 'cause, code, state',
};

/** Epochs, instants and trace ids differ from run to run. */
function timeless(row: object): string {
  return JSON.stringify(row)
    .replaceAll(/\b\d{10,16}-(\d{16})\b/g, 'epoch-$1')
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/g, 'instant')
    .replaceAll(/\b00-[0-9a-f]{32}-[0-9a-f]{16}-01\b/g, 'trace');
}

async function contents(services: OwnServices, table: string): Promise<string[]> {
  const rows = await services.query<object>(`select ${TABLES[table]} from ${table}`);
  return rows.map(timeless).sort();
}

describe('a seed', () => {
  let seeded: OwnServices;
  let pushed: OwnServices;
  const stages: BootedStage[] = [];
  const told: number[] = [];

  const settle = async (services: OwnServices) => {
    const messages = countrySettings().map((setting) => {
      return { key: settingKey(setting), value: JSON.stringify(setting) };
    });
    await services.produce('admin.settings', messages);
  };
  const seedInto = (services: OwnServices) =>
    seedHub({
      environment: services.environment,
      databaseUrl: services.databaseUrl,
      persons: PERSONS,
      seed: SEED,
      onProgress: (persons) => told.push(persons),
    });
  const boot = async (stage: string, module: RootModule) => {
    const booted = await bootStage(module, {
      stage,
      environment: pushed.environment,
      ownsProcess: false,
      strategies: (app) => (stage === 'ingest' ? [] : [stageTransport(app)]),
    });
    stages.push(booted);
    return booted;
  };
  const push = async (url: string, events: readonly InventedEvent[], token: string) => {
    const answer = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cloudevents-batch+json',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify(events.map((event) => cloudEvent(SEED_RUN, event))),
    });
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 202,
      body: { accepted: events.length },
    });
  };
  const pushAll = async (url: string) => {
    const clients = Array.from({ length: HUVUDMEN }, (_, index) => `bench-${huvudmanId(index)}`);
    const tokens = [];
    for (const client of [...clients, 'bench-operator']) {
      tokens.push(await accessToken(client, ['events:write']));
    }
    await push(url, schoolUnits(), tokens.at(-1)!);
    await eventually(async () => {
      const rows = await pushed.query('select 1 from normalise.school_unit');
      expect(rows).toHaveLength(schoolUnits().length);
    });
    const inventor = seedInventor(SEED);
    const events = Array.from({ length: PERSONS }, (_, index) => inventor.passing(index));
    for (const [client, token] of tokens.slice(0, HUVUDMEN).entries()) {
      const own = events.filter((event) => event.client === client);
      for (let at = 0; at < own.length; at += BATCH) {
        await push(url, own.slice(at, at + BATCH), token);
      }
    }
  };

  beforeAll(async () => {
    seeded = await ownServices('seeded');
    pushed = await ownServices('pushed');
    // The topic is there once a stage has started.
    const door = await boot('ingest', IngestModule);
    await settle(pushed);
    const settings = door.app.get(Settings, { strict: false });
    await eventually(() => expect(settings.all()).toHaveLength(countrySettings().length));
    await boot('normalise', NormaliseModule);
    await boot('test-access', TestAccessModule);
    await boot('publish', PublishModule);
    await pushAll(door.url);
    const idle = await bootStage(PublishModule, {
      stage: 'publish',
      environment: seeded.environment,
      ownsProcess: false,
    });
    await settle(seeded);
    await idle.stop();
    await seedInto(seeded);
  }, PUSH_LIMIT_MS);
  afterAll(async () => {
    for (const stage of stages) await stage.stop();
    await seeded?.stop();
    await pushed?.stop();
  });

  it(
    'leaves in every table what the door and the stages would have left of the same persons',
    async () => {
      await eventually(async () => {
        for (const [table, rows] of [
          ['normalise.person', PERSONS],
          ['test_access.person_access', PERSONS],
          ['publish.feed', (await contents(seeded, 'publish.feed')).length],
        ] as const) {
          const [found] = await pushed.query<{ rows: number }>(
            `select count(*)::int as rows from ${table}`,
          );
          expect({ table, ...found }).toEqual({ table, rows });
        }
      }, PUSH_LIMIT_MS);
      for (const table of Object.keys(TABLES)) {
        const [ours, theirs] = [await contents(seeded, table), await contents(pushed, table)];
        const without = (rows: readonly string[], others: readonly string[]) => {
          const known = new Set(others);
          return rows.filter((row) => !known.has(row)).slice(0, SHOWN);
        };
        expect({
          table,
          rows: ours.length,
          onlySeeded: without(ours, theirs),
          onlyPushed: without(theirs, ours),
        }).toEqual({ table, rows: theirs.length, onlySeeded: [], onlyPushed: [] });
      }
    },
    PUSH_LIMIT_MS,
  );

  it('fills what a person is found by, and nobody is parked', async () => {
    for (const [table, rows] of [
      ['normalise.claim', PERSONS],
      ['normalise.identifier', 2 * PERSONS],
      ['test_access.entry_eppn', PERSONS],
      ['publish.view', PERSONS + schoolUnits().length],
      ['normalise.parked', 0],
      ['test_access.parked', 0],
      ['publish.parked', 0],
      ['publish.outbox', 0],
    ] as const) {
      const found = await seeded.query(`select 1 from ${table}`);
      expect({ table, rows: found.length }).toEqual({ table, rows });
    }
    expect(told).toEqual([PERSONS]);
  });

  it('is refused where somebody is already, and changes nothing there', async () => {
    const before = await contents(seeded, 'normalise.claim');
    await expect(seedInto(seeded)).rejects.toThrow('There are rows in normalise.person');
    expect(await contents(seeded, 'normalise.claim')).toEqual(before);
  });
});
