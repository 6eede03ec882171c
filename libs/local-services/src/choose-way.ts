import { LocalServiceError } from './local-service-error.js';
import { readLocalServicesConfig } from './local-services.config.js';
import type { ServiceName, Way } from './services.js';

const variables: Record<ServiceName, string> = {
  kafka: 'KAFKA_BROKERS',
  postgres: 'DATABASE_URL',
  issuer: 'OIDC_ISSUER',
};

/**
 * KAFKA_BROKERS and DATABASE_URL, where this environment gives by them what is then used as it is:
 * `fresh` cannot empty that. Throws `setting-invalid`.
 */
export function dataGivenBy(environment: Readonly<Record<string, string | undefined>>): string[] {
  const { forcedWay, given } = readLocalServicesConfig(environment);
  if (forcedWay !== undefined && forcedWay !== 'env') return [];
  const services = ['kafka', 'postgres'] as const;
  return services.filter((name) => given[name] !== undefined).map((name) => variables[name]);
}

/** What the choice rests on. */
export interface Circumstances {
  forcedWay?: Way;
  isGiven: boolean;
  dockerAnswers: boolean;
}

/**
 * Chooses how a service is found: given by a variable, else in a Docker engine that answers, else
 * started here. The issuer never runs in Docker. Throws `variable-missing` or
 * `docker-not-answering` when a forced way is not open.
 */
export function chooseWay(service: ServiceName, circumstances: Circumstances): Way {
  const { forcedWay, isGiven, dockerAnswers } = circumstances;
  if (forcedWay === 'env' && !isGiven) {
    throw new LocalServiceError(
      'variable-missing',
      `ELEVNAV_SERVICES is env, so set ${variables[service]} as well (or unset ELEVNAV_SERVICES).`,
    );
  }
  if (forcedWay === 'docker' && service !== 'issuer' && !dockerAnswers) {
    throw new LocalServiceError(
      'docker-not-answering',
      'ELEVNAV_SERVICES is docker but no Docker engine answered within a second: start it (`docker info` must work) or unset ELEVNAV_SERVICES.',
    );
  }
  if (forcedWay === 'env' || (forcedWay === undefined && isGiven)) return 'env';
  if (service === 'issuer' || forcedWay === 'local') return 'local';
  return dockerAnswers ? 'docker' : 'local';
}
