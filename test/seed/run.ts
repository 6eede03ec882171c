import { resolve } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { startLocalServices, type LocalServices } from '#local-services';
import { processEnvironment, readConfig, type Environment } from '#runtime';
import { HubConfig } from '../../apps/hub/src/hub.config.js';
import { readOrMakeKeys, type HubKeys } from '../../apps/hub/src/keys-file.js';
import { refuseStartingOver } from '../../apps/hub/src/refuse-starting-over.js';
import { writeSettings } from '../bench/country.js';
import { readOptions, refuseUsage, wholeNumber } from '../read-options.js';
import { seedHub } from './seed-hub.js';

const USAGE = 'npm run seed -- --persons N [--seed S] [--fresh]';
const TOLD_EVERY = 20_000;
/** Civic numbers of the 1890s do not go further. */
const PERSONS_MAX = 3_600_000;
const SEED_MAX = 0xffff_ffff;

const { values } = readOptions(
  {
    options: {
      persons: { type: 'string' },
      seed: { type: 'string', default: '1' },
      fresh: { type: 'boolean', default: false },
    },
  },
  USAGE,
);

function readNumbers(): { persons: number; seed: number } {
  const persons = wholeNumber('persons', values.persons, { least: 1, most: PERSONS_MAX, usage: USAGE }); // prettier-ignore
  const seed = wholeNumber('seed', values.seed, { least: 1, most: SEED_MAX, usage: USAGE }) ?? 1;
  return { persons: persons ?? refuseUsage('Say how many: --persons N', USAGE), seed };
}

/** Fills the empty stores of the hub in this folder (`HUB_DIRECTORY`), or of the services that the environment gives. */
async function main(): Promise<void> {
  const { persons, seed } = readNumbers();
  const given = processEnvironment();
  const directory = resolve(readConfig(HubConfig, given).directory);
  const say = (sentence: string): void => console.error(sentence);
  const { fresh } = values;
  if (fresh) refuseStartingOver('--fresh', given);
  let keys: HubKeys | undefined;
  const services = await startLocalServices({
    directory,
    fresh,
    prepare: () => void (keys = readOrMakeKeys(directory, { fresh, given })),
    onProgress: say,
  });
  try {
    const environment: Environment = {
      ...given,
      ...services.environment,
      ...keys,
      LOG_LEVEL: 'error',
    };
    await writeSettings(services, kafkaOf(services));
    const startedMs = performance.now();
    const { rows } = await seedHub({
      environment,
      databaseUrl: services.postgres.url,
      persons,
      seed,
      onProgress: (done) => {
        if (done % TOLD_EVERY !== 0 && done !== persons) return;
        const perSecond = Math.round((done * 1_000) / (performance.now() - startedMs));
        const megabytes = Math.round(process.memoryUsage.rss() / 1024 / 1024);
        say(`${done} of ${persons} persons; ${perSecond} a second, ${megabytes} MB of memory`);
      },
    });
    say(`${persons} persons are there: ${rows} rows in normalise, test-access and publish.`);
  } finally {
    await services.stop();
  }
}

function kafkaOf({ kafka }: LocalServices): Kafka {
  return new Kafka({
    clientId: 'seed',
    brokers: kafka.brokers.split(','),
    logLevel: logLevel.NOTHING,
    ...(kafka.username && {
      sasl: { mechanism: 'plain', username: kafka.username, password: kafka.password ?? '' },
    }),
  });
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
