// One Kafka, one PostgreSQL and one issuer for all specs of a Jest run, on free ports; specs keep apart by a database
// and a topic prefix of their own. A run of pure specs starts nothing.
import { globSync } from 'node:fs';
import { join } from 'node:path';

import './register-typescript.mjs';

const { LocalServiceError, startLocalServices } =
  await import('../libs/local-services/src/index.ts');

// Several runs may go on in one checkout; each takes the first folder that no other holds.
const directoriesMax = 8;

/** The services of this run; services.global-teardown.mjs stops them. */
export let services;

export default async function startServices(globalConfig) {
  process.env.JDK_JAVA_OPTIONS = [process.env.JDK_JAVA_OPTIONS, quickJava]
    .filter(Boolean)
    .join(' ');
  if (!needsServices(globalConfig)) return;
  await import('./register-typescript.mjs');
  const { startLocalServices } = await import('../libs/local-services/src/index.ts');
  for (let number = 1; services === undefined; number += 1) {
    const name = number === 1 ? 'test' : `test-${number}`;
    const directory = join(globalConfig.rootDir, '.elevnav', name);
    try {
      services = await startLocalServices({ directory, fresh: true, ports: freePorts });
      Object.assign(process.env, services.environment, { ELEVNAV_TEST_DIRECTORY: directory });
    } catch (failure) {
      if (failure.code !== 'directory-in-use' || number === directoriesMax) throw failure;
    }
  }
}

// Of a broker's start half went into compiling for a long life, which no broker of a spec has. Those that specs start inherit it.
const quickJava = '-XX:TieredStopAtLevel=1';

const freePorts = { kafka: 0, kafkaClients: 0, kafkaController: 0, postgres: 0, issuer: 0 };

// local-services itself is tested with services of its own.
function needsServices({ rootDir, testPathPatterns }) {
  const chosen = testPathPatterns.toExecutor({ rootDir });
  return globSync('{apps,libs,test}/**/*.{int,e2e}.spec.ts', { cwd: rootDir })
    .filter((path) => !path.startsWith('libs/local-services/'))
    .some((path) => chosen.isMatch(join(rootDir, path)));
}
