import { connect } from 'node:net';

import { Kafka, logLevel } from 'kafkajs';

const answerMsMax = 3_000;

// Group ids whose Java hash codes follow one another, so that each lies in another of the 8 partitions of the offsets.
const groupPerPartition = [...'01234567'].map((digit) => `elevnav-local-services-${digit}`);

/**
 * Whether a broker accepts this user, is a live member of its cluster and has loaded all consumer
 * groups. Asking makes the offsets topic the first time; else every first consumer would crash once.
 */
export async function kafkaAnswers(kafka: {
  brokers: string;
  username: string;
  password: string;
}): Promise<boolean> {
  const brokers = kafka.brokers.split(',');
  if (!(await anyOpen(brokers))) return false;
  const { username, password } = kafka;
  const admin = new Kafka({
    clientId: 'elevnav-local-services',
    brokers,
    sasl: { mechanism: 'plain', username, password },
    connectionTimeout: answerMsMax,
    requestTimeout: answerMsMax,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  }).admin();
  try {
    await admin.connect();
    if ((await admin.describeCluster()).brokers.length === 0) return false;
    // Rejects while the coordinator of any of them is loading.
    await admin.describeGroups(groupPerPartition);
    return true;
  } catch {
    // Not yet: whoever waits asks again, and gives up with the service's own log.
    return false;
  } finally {
    await admin.disconnect();
  }
}

/** Whether any of these `host:port` addresses takes a connection within three seconds. */
export async function anyOpen(addresses: readonly string[]): Promise<boolean> {
  return (await Promise.all(addresses.map((address) => isOpen(address)))).includes(true);
}

function isOpen(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(at + 1));
  if (at < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMsMax });
    const end = (isUp: boolean) => () => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', end(true)).once('timeout', end(false)).once('error', end(false));
  });
}
