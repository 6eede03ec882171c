import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { LocalServiceError } from '../local-service-error.js';

/** Kafka 4 runs on Java 17 or newer (KIP-1013). */
const javaVersionMin = 17;
const answerMsMax = 20_000;

const installJava =
  'install Java 17 or newer (Debian, Ubuntu: `apt-get install -y openjdk-17-jre-headless`; macOS: `brew install openjdk@17`), or start Docker, or set KAFKA_BROKERS';

/** The command that runs Java, from JAVA_HOME or else the PATH. Throws `java-missing` or `java-too-old`. */
export function findJava(javaHome: string | undefined): string {
  const command = javaHome ? join(javaHome, 'bin', 'java') : 'java';
  const { stderr, stdout, error, status } = spawnSync(command, ['-version'], {
    encoding: 'utf8',
    timeout: answerMsMax,
  });
  if (error !== undefined || status !== 0) {
    const where = javaHome ? ` in JAVA_HOME (${javaHome})` : '';
    throw new LocalServiceError(
      'java-missing',
      `Kafka needs Java and none was found${where}: ${installJava}.`,
      error ?? new Error(stderr),
    );
  }
  const version = parseJavaVersion(`${stderr}${stdout}`);
  if (version === undefined || version < javaVersionMin) {
    throw new LocalServiceError(
      'java-too-old',
      `Kafka needs Java ${javaVersionMin} and this is ${version ?? 'of an unknown version'}: ${installJava}.`,
    );
  }
  return command;
}

/** The major version in what `java -version` prints: 8 for "1.8.0_392", 17 for "17.0.15", 25 for "25-ea". */
export function parseJavaVersion(printed: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(printed) ?? [];
  if (first === undefined) return undefined;
  return first === '1' && second !== undefined ? Number(second) : Number(first);
}
