import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '../host/files.js';
import { kafkaVersion } from './kafka-distribution.js';

describe('kafka-pom.xml', () => {
  it('names the version of Kafka that is announced and looked for', () => {
    const pom = readFileSync(join(repositoryRoot(), 'libs/local-services/kafka-pom.xml'), 'utf8');
    expect(pom).toContain(`<artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version>`);
  });
});
