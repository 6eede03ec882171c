import { REBALANCE_TIMEOUT_MS } from '../group-times.js';
import { isKnownRelease, requireKafkajs } from './kafkajs-release.js';

const SYNC_GROUP = 14;
/** A little longer than the broker waits before it drops a leader that does not divide the lanes, and answers. */
export const SYNC_TIMEOUT_MS = REBALANCE_TIMEOUT_MS + 5_000;

interface Sending {
  readonly request: { readonly apiKey: number };
  readonly requestTimeout?: number | null;
}

interface Connection {
  send(sending: Sending): Promise<unknown>;
}

/**
 * kafkajs waits as long as any other request may take for the lanes that a group's leader divides, which is less than the broker waits for
 * that leader. When the leader is gone (a process that was killed, or whose connection broke, between joining and dividing), the others gave
 * up too soon and joined anew, broken connection included: one such consumer made its own next leader that was gone, and a whole stage stood
 * still for good.
 */
function waitForTheLeader(): void {
  if (!isKnownRelease()) return;
  const { prototype } = requireKafkajs('kafkajs/src/network/connection.js') as {
    prototype: Connection;
  };
  const own = Reflect.get(prototype, 'send') as Connection['send'];
  prototype.send = function (this: Connection, sending: Sending) {
    const isSync = sending.request.apiKey === SYNC_GROUP;
    return own.call(this, isSync ? { ...sending, requestTimeout: SYNC_TIMEOUT_MS } : sending);
  };
}

waitForTheLeader();
