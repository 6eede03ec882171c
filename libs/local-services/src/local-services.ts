import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { chooseWay } from './choose-way.js';
import { removeVolume } from './host/docker-container.js';
import { dockerAnswers } from './host/docker-engine.js';
import { lockFolder } from './host/folder-lock.js';
import { reservePorts } from './host/ports.js';
import { findGivenIssuer } from './issuer/given-issuer.js';
import { issuerFolder } from './issuer/issuer-clients.js';
import { startLocalIssuer } from './issuer/local-issuer.js';
import { kafkaVolume, startDockerKafka } from './kafka/docker-kafka.js';
import { findGivenKafka } from './kafka/given-kafka.js';
import { startLocalKafka, stopLeftoverKafka } from './kafka/local-kafka.js';
import { LocalServiceError } from './local-service-error.js';
import {
  readLocalServicesConfig,
  withoutGiven,
  type LocalServicesConfig,
  type Ports,
} from './local-services.config.js';
import { postgresVolume, startDockerPostgres } from './postgres/docker-postgres.js';
import { findGivenPostgres } from './postgres/given-postgres.js';
import { startLocalPostgres, stopLeftoverPostgres } from './postgres/local-postgres.js';
import type {
  IssuerService,
  KafkaService,
  LocalServices,
  PostgresService,
  Progress,
  ServiceName,
  Way,
} from './services.js';

/** What to find or start, and where its data lies. */
export interface LocalServicesOptions {
  /** Data lies here and survives a restart; made when missing. One process at a time may use it. */
  directory: string;
  /** Start over: delete the data first. */
  fresh?: boolean;
  /** Whether the caller has taken the folder by `lockFolder`, and lets go of it itself. */
  isLocked?: boolean;
  /** Called once the folder is this process's and, with `fresh`, empty; nothing has started yet. What it throws ends the start. */
  prepare?: () => void;
  /** Default: all three. Without the issuer Kafka has no listener for clients. */
  need?: readonly ServiceName[];
  /** 0 = any free port. Default: the environment's, else the fixed ones that README.md lists. */
  ports?: Partial<Ports>;
  /** What Kafka's inner listener says its port is, if not the one it listens on: that of a proxy in front of it. Not in Docker. */
  kafkaAdvertisedPort?: number;
  /** Never those that the environment gives, whatever it says: for what must not touch a hub that somebody uses. */
  ownOnly?: boolean;
  /** Forces one way for all of them, whatever the environment says. */
  way?: Way;
  onProgress?: Progress;
}

interface Plan {
  directory: string;
  ways: Partial<Record<ServiceName, Way>>;
  ports: Ports;
  config: LocalServicesConfig;
  kafkaAdvertisedPort?: number;
  progress: Progress;
}

interface Found {
  kafka?: KafkaService;
  postgres?: PostgresService;
  issuer?: IssuerService;
}

/**
 * Finds or starts Kafka, PostgreSQL and the OpenID issuer: each by its environment variable, else
 * in a Docker engine, else as a child of this process. Rejects with a LocalServiceError whose
 * message says what to do; nothing that was started is then left running.
 */
export async function startLocalServices(options: LocalServicesOptions): Promise<LocalServices> {
  const read = readLocalServicesConfig(process.env);
  const environment = options.ownOnly ? withoutGiven(read) : read;
  const config = { ...environment, forcedWay: options.way ?? environment.forcedWay };
  const directory = resolve(options.directory);
  const ways = await chooseWays(options.need ?? ['issuer', 'kafka', 'postgres'], config);
  const isOurs = Object.values(ways).some((way) => way !== 'env');
  const unlock = isOurs && !options.isLocked ? lockFolder(directory) : () => undefined;
  try {
    if (isOurs) await clearAway(directory, ways, options.fresh ?? false);
    options.prepare?.();
    const ports = await portsFor(ways, { ...config.ports, ...options.ports });
    const progress = options.onProgress ?? (() => undefined);
    const { kafkaAdvertisedPort } = options;
    const found = await startAll({
      directory,
      ways,
      ports,
      config,
      kafkaAdvertisedPort,
      progress,
    });
    return assemble(found, unlock);
  } catch (failure) {
    unlock();
    throw failure;
  }
}

/** Whether a Kafka or a PostgreSQL of this folder was ever prepared; with Docker its data lies in a volume. */
export function hasData(directory: string): boolean {
  const pieces = ['postgres/data', 'postgres/password', 'kafka/data', 'kafka/password'];
  return pieces.some((piece) => existsSync(join(directory, piece)));
}

async function chooseWays(
  need: readonly ServiceName[],
  config: LocalServicesConfig,
): Promise<Plan['ways']> {
  const { forcedWay, given } = config;
  const mayBeInDocker = need.some((name) => name !== 'issuer' && given[name] === undefined);
  const asksDocker = forcedWay === 'docker' || (forcedWay === undefined && mayBeInDocker);
  const answers = asksDocker && (await dockerAnswers(config.dockerHost));
  const ways = need.map((name): [ServiceName, Way] => {
    const isGiven = given[name] !== undefined;
    return [name, chooseWay(name, { forcedWay, isGiven, dockerAnswers: answers })];
  });
  return Object.fromEntries(ways);
}

async function clearAway(directory: string, ways: Plan['ways'], fresh: boolean): Promise<void> {
  const kafka = join(directory, 'kafka');
  const postgres = join(directory, 'postgres');
  await Promise.all([stopLeftoverKafka(kafka), stopLeftoverPostgres(postgres)]);
  if (!fresh) return;
  if (ways.kafka === 'docker') await removeVolume(kafkaVolume(kafka));
  if (ways.postgres === 'docker') await removeVolume(postgresVolume(postgres));
  for (const folder of [kafka, postgres, issuerFolder(directory)]) {
    rmSync(folder, { recursive: true, force: true });
  }
}

// Only the ports that will be listened on are checked, and all of them before anything starts.
async function portsFor(ways: Plan['ways'], ports: Ports): Promise<Ports> {
  const isStarted = (name: ServiceName) => ways[name] === 'local' || ways[name] === 'docker';
  const names: (keyof Ports)[] = [
    ...(isStarted('issuer') ? (['issuer'] as const) : []),
    ...(isStarted('postgres') ? (['postgres'] as const) : []),
    ...(isStarted('kafka') ? (['kafka', 'kafkaClients', 'kafkaController'] as const) : []),
  ];
  const wanted = Object.fromEntries(names.map((name) => [name, ports[name]]));
  return { ...ports, ...(await reservePorts(wanted as Partial<Ports> as Ports)) };
}

// The issuer first, since Kafka fetches its keys at start; then both others at once.
async function startAll(plan: Plan): Promise<Found> {
  const found: Found = {};
  try {
    if (plan.ways.issuer) found.issuer = await startIssuer(plan, plan.ways.issuer);
    const outcomes = await Promise.allSettled([
      plan.ways.kafka &&
        startKafka(plan, plan.ways.kafka, found.issuer).then((kafka) => (found.kafka = kafka)),
      plan.ways.postgres &&
        startPostgres(plan, plan.ways.postgres).then((postgres) => (found.postgres = postgres)),
    ]);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason as Error;
    return found;
  } catch (failure) {
    await stopAll(found);
    throw failure;
  }
}

function startIssuer(plan: Plan, way: Way): Promise<IssuerService> {
  const { directory, ports, config, progress } = plan;
  if (way === 'env' && config.given.issuer) return findGivenIssuer(config.given.issuer);
  const folder = issuerFolder(directory);
  return startLocalIssuer({ folder, port: ports.issuer, audience: config.audience, progress });
}

function startKafka(plan: Plan, way: Way, issuer?: IssuerService): Promise<KafkaService> {
  const { directory, ports, config, progress } = plan;
  if (way === 'env' && config.given.kafka) return findGivenKafka(config.given.kafka);
  const folder = join(directory, 'kafka');
  if (way === 'docker') return startDockerKafka({ folder, ports, issuer, progress });
  const { cacheFolder, javaHome } = config;
  const { kafkaAdvertisedPort: advertisedPort } = plan;
  return startLocalKafka({
    folder,
    ports,
    advertisedPort,
    issuer,
    cacheFolder,
    javaHome,
    progress,
  });
}

function startPostgres(plan: Plan, way: Way): Promise<PostgresService> {
  const { directory, ports, config, progress } = plan;
  if (way === 'env' && config.given.postgres) return findGivenPostgres(config.given.postgres.url);
  const options = { folder: join(directory, 'postgres'), port: ports.postgres, progress };
  return way === 'docker' ? startDockerPostgres(options) : startLocalPostgres(options);
}

async function stopAll({ kafka, postgres, issuer }: Found): Promise<void> {
  const outcomes = await Promise.allSettled([stopIfOurs(kafka), stopIfOurs(postgres)]);
  await stopIfOurs(issuer);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed) throw failed.reason as Error;
}

async function stopIfOurs(service?: { how: Way; stop(): Promise<void> }): Promise<void> {
  if (service && service.how !== 'env') await service.stop();
}

function assemble(found: Found, unlock: () => void): LocalServices {
  return {
    get kafka() {
      return found.kafka ?? notAskedFor('kafka');
    },
    get postgres() {
      return found.postgres ?? notAskedFor('postgres');
    },
    get issuer() {
      return found.issuer ?? notAskedFor('issuer');
    },
    environment: environmentOf(found),
    stop: () => stopAll(found).finally(unlock),
  };
}

function notAskedFor(name: ServiceName): never {
  throw new LocalServiceError(
    'not-asked-for',
    `Add "${name}" to the services that startLocalServices is told to need.`,
  );
}

function environmentOf({ kafka, postgres, issuer }: Found): Record<string, string> {
  const variables = {
    KAFKA_BROKERS: kafka?.brokers,
    KAFKA_USERNAME: kafka?.username,
    KAFKA_PASSWORD: kafka?.password,
    KAFKA_CLIENT_BROKERS: kafka?.clientBrokers,
    DATABASE_URL: postgres?.url,
    OIDC_ISSUER: issuer?.url,
    OIDC_AUDIENCE: issuer?.audience,
    OIDC_JWKS_URL: issuer?.jwksUrl,
  };
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
