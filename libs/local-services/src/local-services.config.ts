import { LocalServiceError } from './local-service-error.js';
import type { Way } from './services.js';

/** The ports that local services listen on, on loopback only. 0 stands for any free one. */
export interface Ports {
  kafka: number;
  kafkaClients: number;
  kafkaController: number;
  postgres: number;
  issuer: number;
}

/** What the environment says about local services. */
export interface LocalServicesConfig {
  forcedWay?: Way;
  ports: Ports;
  /** Folder for downloads that all data folders share; default `<repository root>/.elevnav`. */
  cacheFolder?: string;
  /** Where Java lies when it is not on the PATH. */
  javaHome?: string;
  dockerHost?: string;
  /** `aud` of the local issuer's tokens. */
  audience: string;
  given: {
    kafka?: { brokers: string; username?: string; password?: string; clientBrokers?: string };
    postgres?: { url: string };
    issuer?: { url: string; audience: string; jwksUrl?: string };
  };
}

/** The environment variable that changes each port, and the port without it. */
export const portSettings: Record<keyof Ports, { variable: string; port: number }> = {
  kafka: { variable: 'ELEVNAV_KAFKA_PORT', port: 19092 },
  kafkaClients: { variable: 'ELEVNAV_KAFKA_CLIENTS_PORT', port: 19093 },
  kafkaController: { variable: 'ELEVNAV_KAFKA_CONTROLLER_PORT', port: 19094 },
  postgres: { variable: 'ELEVNAV_POSTGRES_PORT', port: 15432 },
  issuer: { variable: 'ELEVNAV_ISSUER_PORT', port: 19080 },
};

/** The audience of every token for Elevnav, unless OIDC_AUDIENCE says otherwise. */
export const defaultAudience = 'urn:elevnav:hub';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment; an empty variable counts as missing. Faults are all named at once
 * in one `setting-invalid`.
 */
export function readLocalServicesConfig(environment: Environment): LocalServicesConfig {
  const faults: string[] = [];
  const config: LocalServicesConfig = {
    forcedWay: readWay(environment, faults),
    ports: readPorts(environment, faults),
    cacheFolder: environment.ELEVNAV_CACHE || undefined,
    javaHome: environment.JAVA_HOME || undefined,
    dockerHost: environment.DOCKER_HOST || undefined,
    audience: environment.OIDC_AUDIENCE || defaultAudience,
    given: readGiven(environment),
  };
  if (faults.length > 0) {
    throw new LocalServiceError('setting-invalid', `Change ${faults.join(' and ')}.`);
  }
  return config;
}

/** The same as if nothing were given: what is started here, or in Docker, stays. */
export function withoutGiven(config: LocalServicesConfig): LocalServicesConfig {
  const forcedWay = config.forcedWay === 'env' ? undefined : config.forcedWay;
  return { ...config, forcedWay, given: {} };
}

function readWay(environment: Environment, faults: string[]): Way | undefined {
  const way = environment.ELEVNAV_SERVICES || undefined;
  if (way === undefined || way === 'env' || way === 'docker' || way === 'local') return way;
  faults.push(`ELEVNAV_SERVICES (it is "${way}") to env, docker or local`);
  return undefined;
}

function readPorts(environment: Environment, faults: string[]): Ports {
  const read = (name: keyof Ports): number => {
    const { variable, port } = portSettings[name];
    const text = environment[variable];
    if (!text) return port;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    faults.push(`${variable} (it is "${text}") to a port from 0 to 65535`);
    return port;
  };
  return {
    kafka: read('kafka'),
    kafkaClients: read('kafkaClients'),
    kafkaController: read('kafkaController'),
    postgres: read('postgres'),
    issuer: read('issuer'),
  };
}

function readGiven(environment: Environment): LocalServicesConfig['given'] {
  return {
    kafka: environment.KAFKA_BROKERS
      ? {
          brokers: environment.KAFKA_BROKERS,
          username: environment.KAFKA_USERNAME || undefined,
          password: environment.KAFKA_PASSWORD || undefined,
          clientBrokers: environment.KAFKA_CLIENT_BROKERS || undefined,
        }
      : undefined,
    postgres: environment.DATABASE_URL ? { url: environment.DATABASE_URL } : undefined,
    issuer: environment.OIDC_ISSUER
      ? {
          url: environment.OIDC_ISSUER,
          audience: environment.OIDC_AUDIENCE || defaultAudience,
          jwksUrl: environment.OIDC_JWKS_URL || undefined,
        }
      : undefined,
  };
}
