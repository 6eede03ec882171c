import { LocalServiceError } from '../local-service-error.js';
import type { KafkaService } from '../services.js';
import { anyOpen } from './await-kafka.js';

/** The Kafka that KAFKA_BROKERS names. Throws `not-answering` when none of its brokers takes a connection. */
export async function findGivenKafka(given: {
  brokers: string;
  username?: string;
  password?: string;
  clientBrokers?: string;
}): Promise<KafkaService> {
  if (!(await anyOpen(given.brokers.split(',')))) {
    throw new LocalServiceError(
      'not-answering',
      `No broker answers at KAFKA_BROKERS (${given.brokers}): start it, or unset KAFKA_BROKERS to have one started here.`,
    );
  }
  const notOurs = (): Promise<never> =>
    Promise.reject(
      new LocalServiceError(
        'not-ours',
        `KAFKA_BROKERS gave this Kafka (${given.brokers}), so stop or start it where it was started.`,
      ),
    );
  return {
    how: 'env',
    ...given,
    pid: () => undefined,
    kill: notOurs,
    stop: notOurs,
    start: notOurs,
  };
}
