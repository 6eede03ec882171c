import { existsSync } from 'node:fs';
import { LocalServiceError, startLocalServices, type LocalServices } from '#local-services';

const FREE_PORTS = { kafka: 0, kafkaClients: 0, kafkaController: 0, postgres: 0, issuer: 0 };
/** What a machine can lack for a Kafka or a PostgreSQL of its own. */
const LACKS = new Set<string>([
  'java-missing', 'java-too-old', 'maven-missing', 'download-failed', 'platform-unsupported',
]); // prettier-ignore

/**
 * The services of one benchmark, started for it in its folder and emptied first, whatever the environment gives: a bench must not write
 * into a hub that somebody uses, and it reads what each process spends, so that they run on this machine and not in Docker.
 *
 * @throws LocalServiceError in one sentence, when something for it is missing.
 */
export async function startBenchServices(
  directory: string,
  say: (sentence: string) => void,
): Promise<LocalServices> {
  needLinux();
  return saysWhatIsMissing(() =>
    startLocalServices({
      directory,
      fresh: true,
      way: 'local',
      ports: FREE_PORTS,
      onProgress: say,
    }),
  );
}

/** Does what needs local services, and says what is missing for them without the ways out that a bench does not have. */
export async function saysWhatIsMissing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LocalServiceError) || !LACKS.has(error.code)) throw error;
    const [what] = error.message.split(/, or start Docker|\.$/);
    throw new LocalServiceError(
      error.code,
      `${what}; a bench measures processes of its own and takes neither Docker nor given services.`,
      error,
    );
  }
}

function needLinux(): void {
  if (existsSync('/proc/self/stat')) return;
  throw new LocalServiceError(
    'platform-unsupported',
    'The bench reads from /proc what each process spends: run it on Linux, or in a container of it.',
  );
}
