import type { BootedStage, Environment, RootModule } from '#runtime';
import { HuvudmanKeys, Settings } from '#stage';
import { NormaliseModule } from '#apps/normalise';
import { PublishModule } from '#apps/publish';
import { TestAccessModule } from '#apps/test-access';
import { SourceEventsHandler } from '../../apps/normalise/src/source-events.handler.js';
import { HubEventsHandler } from '../../apps/publish/src/hub-events.handler.js';
import { CanonicalEventsHandler } from '../../apps/test-access/src/canonical-events.handler.js';
import { schoolUnits } from '../bench/country.js';
import { EventInventor, readMix, type InventedEvent } from '../bench/invent-events.js';
import { CopySession } from './copy-session.js';
import { cloudEvent, seedDoor } from './door.js';
import { SeedStage } from './seed-stage.js';
import { analyse, assertEmpty, bootForSeed, settingsAreThere } from './seed-stores.js';

/** As many as a stage handles in one transaction, times a few: a COPY per table and chunk. */
const CHUNK_PERSONS = 2_000;
/** When the invented registers last changed anything: long ago, so that whatever comes later is newer. */
const REGISTERED_MS = Date.parse('2025-08-18T06:00:00Z');
export const SEED_RUN = 'seed';
const STORES = ['normalise.person', 'test_access.person_access', 'publish.view'] as const;

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
    const booted = await bootForSeed(stage, module, environment);
    stages.push(booted);
    return booted;
  };
  try {
    const normalise = await boot('normalise', NormaliseModule);
    const access = await boot('test-access', TestAccessModule);
    const publish = await boot('publish', PublishModule);
    for (const booted of stages) await settingsAreThere(booted);
    session = await CopySession.open(options.databaseUrl);
    await assertEmpty(session, STORES);
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
