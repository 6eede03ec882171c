import { createRequire } from 'node:module';
import './quiet-queues.js';

interface Queue {
  pending: object[];
  maxInFlightRequests: number | null;
  readonly inflight: Map<number, object>;
  push(request: object): void;
  checkPendingRequests(): void;
  fulfillRequest(response: object): void;
  maybeThrottle(ms: number): void;
  destroy(): void;
}

const require = createRequire(import.meta.url);
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js') as new (
  options: object,
) => Queue;

const logger = { debug: () => undefined, warn: () => undefined, error: () => undefined };

function makeQueue() {
  return new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 30_000,
    enforceRequestTimeout: false,
    clientId: 'spec',
    broker: 'nowhere:1',
    logger,
    isConnected: () => true,
  });
}

/** Pushes a request and tells when it was sent. */
function push(queue: Queue, correlationId: number): Promise<void> {
  return new Promise((sent) => {
    queue.push({
      entry: { correlationId, resolve: () => undefined, reject: () => undefined },
      expectResponse: true,
      sendRequest: () => sent(),
    });
  });
}

const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

describe('a queue of requests to a broker', () => {
  let queue: Queue;
  beforeEach(() => (queue = makeQueue()));
  afterEach(() => queue.destroy());

  it('plans nothing when nothing waits, however often it is looked at', async () => {
    const before = timers();
    await push(queue, 1);
    queue.fulfillRequest({ correlationId: 1, payload: {}, size: 0 });
    queue.checkPendingRequests();
    expect(timers()).toBe(before);
  });

  it('sends a request that waited for an answer when that comes', async () => {
    await push(queue, 1);
    const second = push(queue, 2);
    expect(queue.inflight.has(2)).toBe(false);
    queue.fulfillRequest({ correlationId: 1, payload: {}, size: 0 });
    await second;
  });

  it('sends a request that the broker slowed down when its time has come, unasked', async () => {
    const startedMs = Date.now();
    queue.maybeThrottle(60);
    await push(queue, 1);
    expect(Date.now() - startedMs).toBeGreaterThanOrEqual(55);
  });
});
