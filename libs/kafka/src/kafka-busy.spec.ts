import { createRequire } from 'node:module';
import { isKafkaAway } from './kafka-busy.js';
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
