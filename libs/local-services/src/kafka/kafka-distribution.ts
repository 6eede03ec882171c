import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { repositoryRoot } from '../host/files.js';
import { isMissing, runCommand } from '../host/run-command.js';
import { LocalServiceError } from '../local-service-error.js';
import type { Progress } from '../services.js';

/** The Kafka that is started here; kafka-pom.xml names the same version, and a spec compares them. */
export const kafkaVersion = '4.3.0';

// Pinned, since what an unpinned plugin name means differs between versions of Maven.
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const downloadMsMax = 180_000;

/**
 * The folder with Kafka's jars, downloaded from Maven Central the first time (44 MB) and shared by
 * all data folders. Throws `maven-missing` or `download-failed`.
 */
export async function kafkaJars(cacheFolder: string | undefined, progress: Progress) {
  const folder = join(cacheFolder ?? join(repositoryRoot(), '.elevnav'), `kafka-${kafkaVersion}`);
  const jars = join(folder, 'jars');
  if (existsSync(jars)) return jars;
  progress(`Downloading Kafka ${kafkaVersion} (44 MB, the first time only) …`);
  mkdirSync(folder, { recursive: true });
  const fresh = join(folder, `jars.${process.pid}.${Date.now()}`);
  try {
    await runMaven(fresh);
    if (!readdirSync(fresh).includes(`kafka_2.13-${kafkaVersion}.jar`)) {
      throw downloadFailed(new Error('The broker is not among the downloaded jars.'));
    }
    moveUnlessThere(fresh, jars);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return jars;
}

async function runMaven(outputFolder: string): Promise<void> {
  const pom = join(repositoryRoot(), 'libs', 'local-services', 'kafka-pom.xml');
  const args = ['-q', '-B', '-f', pom, copyDependencies, `-DoutputDirectory=${outputFolder}`];
  try {
    await runCommand('mvn', args, { timeoutMs: downloadMsMax });
  } catch (cause) {
    throw isMissing(cause) ? mavenMissing(cause) : downloadFailed(cause);
  }
}

// Two runs may download at once: the first to finish wins, and the other's copy is the same.
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    if (!existsSync(to)) throw cause;
  }
}

function mavenMissing(cause: unknown): LocalServiceError {
  return new LocalServiceError(
    'maven-missing',
    'Kafka is downloaded by Maven and none was found: install it (Debian, Ubuntu: `apt-get install -y maven`; macOS: `brew install maven`), or start Docker, or set KAFKA_BROKERS.',
    cause,
  );
}

function downloadFailed(cause: unknown): LocalServiceError {
  return new LocalServiceError(
    'download-failed',
    `Maven could not download Kafka ${kafkaVersion}: check that this machine reaches Maven Central (\`mvn -f libs/local-services/kafka-pom.xml dependency:resolve\` shows why not) and start again.`,
    cause,
  );
}
