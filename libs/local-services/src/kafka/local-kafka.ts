import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { readOrMakeSecret, writeSecretFile } from '../host/files.js';
import { runCommand } from '../host/run-command.js';
import { ServiceProcess, stopLeftover } from '../host/service-process.js';
import { LocalServiceError } from '../local-service-error.js';
import type { KafkaService, Progress } from '../services.js';
import { kafkaAnswers } from './await-kafka.js';
import { kafkaJars, kafkaVersion } from './kafka-distribution.js';
import { findJava } from './java.js';
import {
  newClusterId,
  serverProperties,
  superUser,
  type ServerPropertiesInput,
} from './server-properties.js';

const startMsMax = 120_000;
const formatMsMax = 60_000;

/** What a local Kafka is started from. */
export interface LocalKafkaOptions {
  /** Holds data, configuration, log and password of this Kafka. */
  folder: string;
  ports: ServerPropertiesInput['ports'];
  advertisedPort?: number;
  issuer?: ServerPropertiesInput['issuer'];
  cacheFolder?: string;
  javaHome?: string;
  progress: Progress;
}

/** Ends a Kafka that an earlier run left in this folder. Throws `leftover-process`. */
export function stopLeftoverKafka(folder: string): Promise<void> {
  return stopLeftover({ service: 'Kafka', folder, stopSignal: 'SIGTERM' });
}

/** Starts Apache Kafka as a child process of this one, listening on loopback, and waits until it answers. */
export async function startLocalKafka(options: LocalKafkaOptions): Promise<KafkaService> {
  const { folder, ports, advertisedPort, issuer, progress } = options;
  const java = findJava(options.javaHome);
  const jars = await kafkaJars(options.cacheFolder, progress);
  mkdirSync(folder, { recursive: true });
  const dataFolder = join(folder, 'data');
  refuseHalfWritten(folder, dataFolder);
  const password = readOrMakeSecret(join(folder, 'password'));
  const input = { ports, advertisedPort, issuer, password, listenHost: '127.0.0.1' };
  const flags = javaFlags({ folder, jars, jwksUrl: issuer?.jwksUrl });
  if (!existsSync(dataFolder)) {
    progress(`Preparing Kafka ${kafkaVersion} …`);
    await format({ java, flags, folder, dataFolder, input });
  }
  const properties = join(folder, 'server.properties');
  writeSecretFile(properties, serverProperties({ ...input, dataFolder }));

  const process = new ServiceProcess({
    service: 'Kafka',
    folder,
    logFile: join(folder, 'kafka.log'),
    command: java,
    args: [...flags, 'kafka.Kafka', properties],
    stopSignal: 'SIGTERM',
  });
  const login = { brokers: `127.0.0.1:${ports.kafka}`, username: superUser, password };
  const start = async (): Promise<void> => {
    if (process.isRunning()) return;
    await process.start();
    try {
      await process.waitUntil(() => kafkaAnswers(login), startMsMax);
    } catch (failure) {
      await process.stop('SIGKILL');
      throw failure;
    }
  };
  progress(`Starting Kafka ${kafkaVersion} …`);
  await start();
  return {
    how: 'local',
    ...login,
    clientBrokers: issuer && `127.0.0.1:${ports.kafkaClients}`,
    pid: () => process.pid(),
    kill: () => process.stop('SIGKILL'),
    stop: () => process.stop(),
    start,
  };
}

// The folder is formatted beside its place and then renamed, so what lacks a piece was damaged, not interrupted.
function refuseHalfWritten(folder: string, dataFolder: string): void {
  if (!existsSync(dataFolder)) return;
  const isWhole =
    existsSync(join(dataFolder, 'meta.properties')) &&
    existsSync(join(dataFolder, 'bootstrap.checkpoint')) &&
    existsSync(join(folder, 'password'));
  if (isWhole) return;
  throw new LocalServiceError(
    'data-half-written',
    `Kafka's data in ${dataFolder} is half written: start over with \`npm start -- --fresh\`, which deletes the data.`,
  );
}

async function format(to: {
  java: string;
  flags: readonly string[];
  folder: string;
  dataFolder: string;
  input: Omit<ServerPropertiesInput, 'dataFolder'>;
}): Promise<void> {
  const fresh = join(to.folder, 'data.new');
  rmSync(fresh, { recursive: true, force: true });
  const properties = join(to.folder, 'format.properties');
  writeSecretFile(properties, serverProperties({ ...to.input, dataFolder: fresh }));
  const args = ['kafka.tools.StorageTool', 'format', '-t', newClusterId(), '-c', properties];
  try {
    await runCommand(to.java, [...to.flags, ...args], { timeoutMs: formatMsMax });
    renameSync(fresh, to.dataFolder);
  } catch (cause) {
    throw formatFailed(cause);
  } finally {
    rmSync(properties, { force: true });
  }
}

// The broker shares two cores with everything else: a small heap needs no collector threads, and the optimising compiler takes more in
// its first minutes than it gives (of each event of the bench 100 to 117 µs went into the broker, and 78 to 83 without it).
function javaFlags(from: { folder: string; jars: string; jwksUrl?: string }): string[] {
  const logging = join(from.folder, 'log4j2.xml');
  writeFileSync(logging, logConfiguration);
  return [
    '-Xms256m',
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
    '-Xshare:auto',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${logging}`,
    // Kafka fetches keys from no address that is not listed here (CVE-2025-27817).
    `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${from.jwksUrl ?? ''}`,
    '-cp',
    join(from.jars, '*'),
  ];
}

const logConfiguration = `<Configuration status="WARN" shutdownHook="disable">
  <Appenders><Console name="out"><PatternLayout pattern="%d{ISO8601} %-5p %c{1} %m%n"/></Console></Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
`;

function formatFailed(cause: unknown): LocalServiceError {
  return new LocalServiceError(
    'not-answering',
    'Kafka could not prepare its data folder: check that the disk has room and may be written to, and start again.',
    cause,
  );
}
