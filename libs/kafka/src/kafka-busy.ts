import {
  KafkaJSError,
  KafkaJSGroupCoordinatorNotFound,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSTimeout,
} from './kafkajs/kafkajs.js';

/** Kafka is away or overloaded. Nothing is wrong with what was to be sent: try again later. */
export class KafkaBusy extends Error {
  override readonly name = 'KafkaBusy';

  constructor(says: string, options?: { cause?: unknown }) {
    super(says, options);
  }
}

/** A connection that broke during the log-in; kafkajs tells it as a refused one, and keeps of what it was only the words. */
const LOG_IN_CUT_OFF =
  /authentication failed: (Connection (error|timeout|closed)|Closed connection|Failed to connect|Not connected|Request .+ timed out)/;

/** Says of an error of kafkajs whether Kafka was just not there: the same call may well succeed later. A refused log-in is not meant. */
export function isKafkaAway(error: unknown): boolean {
  if (error instanceof KafkaBusy) return true;
  if (!(error instanceof KafkaJSError)) return false;
  // kafkajs wraps the last of its own attempts, and calls the wrapper not retriable.
  if (error instanceof KafkaJSNumberOfRetriesExceeded) return isKafkaAway(error.cause);
  if (LOG_IN_CUT_OFF.test(error.message)) return true;
  // The other two it calls not retriable as well; a broker that has just returned answers so.
  return (
    error.retriable ||
    error instanceof KafkaJSTimeout ||
    error instanceof KafkaJSGroupCoordinatorNotFound
  );
}

/**
 * What a broker answers an admin client of kafkajs. It takes the answer apart (`const { topicMetadata } = …`) also when the connection to
 * every broker broke before one came: a TypeError, for Kafka that is away.
 */
export async function whenAnswered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new KafkaBusy('No broker answered; ask again in a moment.', { cause: error });
  }
}
