import { createRequire } from 'node:module';
import { isKafkaAway, whenAnswered } from './kafka-busy.js';
import { KafkaJSError } from './kafkajs/kafkajs.js';

type ErrorOf = new (says: string, options?: object) => Error;
const require = createRequire(import.meta.url);
const { KafkaJSConnectionError, KafkaJSConnectionClosedError, KafkaJSSASLAuthenticationError } =
  require('kafkajs/src/errors.js') as Record<string, ErrorOf>;

/** As kafkajs's own authenticators put it. */
function refused(cause: Error): Error {
  return new KafkaJSSASLAuthenticationError!(`SASL PLAIN authentication failed: ${cause.message}`);
}

describe('an error of kafkajs', () => {
  it('is weather when the connection broke in the middle of the log-in', () => {
    const reset = new KafkaJSConnectionError!('Connection error: read ECONNRESET');
    const closed = new KafkaJSConnectionClosedError!('Closed connection', {});
    expect(refused(reset)).toBeInstanceOf(KafkaJSError);
    expect([reset, closed].map(refused).map(isKafkaAway)).toEqual([true, true]);
  });

  it('is no weather when the log-in was refused', () => {
    const wrong = new Error('Authentication failed: Invalid username or password');
    expect(isKafkaAway(refused(wrong))).toBe(false);
  });
});

describe('an answer that no broker gave', () => {
  /** As kafkajs's `listTopics` takes it apart. */
  async function listTopics(metadata: () => Promise<{ topicMetadata: string[] } | null>) {
    const { topicMetadata } = (await metadata())!;
    return topicMetadata;
  }

  it('is weather, not a fault of the program', async () => {
    const asked = whenAnswered(listTopics(() => Promise.resolve(null)));
    const error: unknown = await asked.catch((thrown: unknown) => thrown);
    expect(isKafkaAway(error)).toBe(true);
    expect((error as Error).cause).toBeInstanceOf(TypeError);
  });

  it('changes neither an answer nor another error', async () => {
    const topics = ['trail'];
    const given = whenAnswered(listTopics(() => Promise.resolve({ topicMetadata: topics })));
    expect(await given).toBe(topics);
    const refusal = new KafkaJSConnectionError!('refused');
    await expect(whenAnswered(listTopics(() => Promise.reject(refusal)))).rejects.toBe(refusal);
  });
});
