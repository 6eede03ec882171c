import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import {
  exposeToContainers,
  refuseWithoutPassword,
  startDockerContainer,
  volumeName,
} from '../host/docker-container.js';
import { readOrMakeSecret } from '../host/files.js';
import type { KafkaService } from '../services.js';
import { kafkaAnswers } from './await-kafka.js';
import { kafkaVersion } from './kafka-distribution.js';
import type { LocalKafkaOptions } from './local-kafka.js';
import { newClusterId, serverProperties, superUser } from './server-properties.js';

const dataFolder = '/var/lib/kafka/data';
const properties = '/tmp/server.properties';

/** The volume that holds the data of a folder's Kafka. */
export function kafkaVolume(folder: string): string {
  return volumeName('kafka', folder);
}

/** Starts the official Kafka image with the same properties as the local one. */
export async function startDockerKafka(
  options: Pick<LocalKafkaOptions, 'folder' | 'ports' | 'issuer' | 'progress'>,
): Promise<KafkaService> {
  const { folder, ports, progress } = options;
  mkdirSync(folder, { recursive: true });
  const passwordFile = join(folder, 'password');
  await refuseWithoutPassword({ service: 'Kafka', volume: kafkaVolume(folder), passwordFile });
  const password = readOrMakeSecret(passwordFile);
  const issuer = options.issuer && (await issuerSeenFromContainer(options.issuer));
  const login = { brokers: `127.0.0.1:${ports.kafka}`, username: superUser, password };
  const script = [
    `bin/kafka-storage.sh format --ignore-formatted -t ${newClusterId()} -c ${properties}`,
    `exec bin/kafka-server-start.sh ${properties}`,
  ].join(' && ');
  progress(`Starting Kafka ${kafkaVersion} in Docker …`);
  const container = await startDockerContainer({
    service: 'Kafka',
    image: `apache/kafka:${kafkaVersion}`,
    ports: issuer ? [ports.kafka, ports.kafkaClients] : [ports.kafka],
    volume: { name: kafkaVolume(folder), target: dataFolder },
    entrypoint: ['/bin/sh', '-c'],
    command: [`cd /opt/kafka && ${script}`],
    environment: {
      KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
      KAFKA_OPTS: `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${issuer?.jwksUrl ?? ''}`,
    },
    files: [
      {
        content: serverProperties({ ports, issuer, password, listenHost: '0.0.0.0', dataFolder }),
        target: properties,
      },
    ],
    answers: () => kafkaAnswers(login),
  });
  return {
    how: 'docker',
    ...login,
    clientBrokers: issuer && `127.0.0.1:${ports.kafkaClients}`,
    pid: () => undefined,
    kill: () => container.signal('SIGKILL'),
    stop: () => container.stop(),
    start: () => container.start(),
  };
}

// An issuer on this machine's loopback has another address inside a container; the name that tokens bear stays.
async function issuerSeenFromContainer(issuer: NonNullable<LocalKafkaOptions['issuer']>) {
  const jwksUrl = new URL(issuer.jwksUrl);
  if (jwksUrl.hostname !== '127.0.0.1' && jwksUrl.hostname !== 'localhost') return issuer;
  await exposeToContainers(Number(jwksUrl.port || 80));
  jwksUrl.hostname = 'host.testcontainers.internal';
  return { ...issuer, jwksUrl: jwksUrl.href };
}
