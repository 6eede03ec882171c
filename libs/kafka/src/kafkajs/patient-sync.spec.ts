import { REBALANCE_TIMEOUT_MS } from '../group-times.js';
import { requireKafkajs } from './kafkajs-release.js';
import './patient-sync.js';

type Send = (sending: object) => Promise<unknown>;
const { prototype } = requireKafkajs('kafkajs/src/network/connection.js') as { prototype: { send: Send } }; // prettier-ignore
const syncGroup = requireKafkajs('kafkajs/src/protocol/requests/syncGroup/index.js') as Protocol;
const heartbeat = requireKafkajs('kafkajs/src/protocol/requests/heartbeat/index.js') as Protocol;

interface Protocol {
  readonly protocol: (version: { version: number }) => (parameters: object) => object;
}

/** How long a connection would wait for the answer; it never comes. */
async function timeoutOf(sending: object): Promise<unknown> {
  return new Promise((resolve) => {
    const connection = {
      isAuthenticated: () => true,
      failIfNotConnected: () => undefined,
      nextCorrelationId: () => 1,
      logDebug: () => undefined,
      requestQueue: {
        push: ({ requestTimeout }: { requestTimeout: unknown }) => resolve(requestTimeout),
      },
    };
    void prototype.send.call(connection, sending);
  });
}

const member = { groupId: 'group', generationId: 1, memberId: 'member', groupAssignment: [] };

describe('the wait for an answer', () => {
  it('of the group’s leader is longer than the broker’s', async () => {
    const timeout = await timeoutOf(syncGroup.protocol({ version: 0 })(member));
    expect(timeout).toBeGreaterThan(REBALANCE_TIMEOUT_MS);
  });

  it('to any other request is as it was', async () => {
    expect(await timeoutOf(heartbeat.protocol({ version: 0 })(member))).toBeNull();
  });
});
