import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { LocalServiceError } from '../local-service-error.js';

type Testcontainers = typeof import('testcontainers');

const pollMs = 200;
const startMsMax = 120_000;

/** A service in a container, whose data lies in a named volume and survives the container. */
export interface DockerContainerOptions {
  service: string;
  image: string;
  /** Inside and outside the same, published on loopback only. */
  ports: readonly number[];
  volume: { name: string; target: string };
  entrypoint?: readonly string[];
  command?: readonly string[];
  environment?: Readonly<Record<string, string>>;
  files?: readonly { content: string; target: string }[];
  answers: () => Promise<boolean>;
}

/** A started container; it can be stopped and started again on the same ports. */
export interface DockerContainer {
  isRunning(): Promise<boolean>;
  start(): Promise<void>;
  signal(signal: 'SIGKILL' | 'SIGQUIT'): Promise<void>;
  stop(): Promise<void>;
}

/** The name of a service's volume for a data folder. */
export function volumeName(service: string, directory: string): string {
  const hash = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 12);
  return `elevnav-${service}-${hash}`;
}

/** Deletes a volume if it is there. Throws `docker-failed`. */
export async function removeVolume(name: string): Promise<void> {
  const command = `docker volume rm ${name}`;
  await orSayWhy(`Docker did not delete the volume ${name}`, command, async () => {
    if (!(await isThere(name))) return;
    await (await runtime()).container.dockerode.getVolume(name).remove();
  });
}

/**
 * Throws `data-half-written` when a service has its volume still, and the password that the volume was made with no
 * longer: it would let nobody in.
 */
export async function refuseWithoutPassword(of: {
  service: string;
  volume: string;
  passwordFile: string;
}): Promise<void> {
  const { service, volume, passwordFile } = of;
  if (existsSync(passwordFile)) return;
  const found = await orSayWhy('Docker did not list its volumes', 'docker volume ls', () =>
    isThere(volume),
  );
  if (!found) return;
  throw new LocalServiceError(
    'data-half-written',
    `${service}'s data in the Docker volume ${volume} is there, but not its password in ${passwordFile}: bring that file back, or start over with \`npm start -- --fresh\`, which deletes the data.`,
  );
}

async function isThere(name: string): Promise<boolean> {
  const { Volumes } = await (await runtime()).container.dockerode.listVolumes();
  return Volumes.some((volume) => volume.Name === name);
}

/** Lets containers reach ports that this process listens on, as `host.testcontainers.internal`. Throws `docker-failed`. */
export async function exposeToContainers(port: number): Promise<void> {
  const what = `Docker did not let containers reach port ${port} of this machine`;
  await orSayWhy(what, 'docker info', async () =>
    (await library()).TestContainers.exposeHostPorts(port),
  );
}

/**
 * Starts a container and waits until its service answers. The engine ends it when this process is
 * gone. Throws `docker-failed` or `not-answering`; no container is then left running.
 */
export async function startDockerContainer(
  options: DockerContainerOptions,
): Promise<DockerContainer> {
  const { GenericContainer, Wait } = await library();
  // The library publishes on every address of the machine; its hook is the place to say otherwise.
  class LoopbackContainer extends GenericContainer {
    protected override beforeContainerCreated(): Promise<void> {
      for (const port of options.ports) {
        const binding = [{ HostIp: '127.0.0.1', HostPort: String(port) }];
        this.hostConfig.PortBindings = {
          ...(this.hostConfig.PortBindings as object | undefined),
          [`${port}/tcp`]: binding,
        };
      }
      return Promise.resolve();
    }
  }
  const container = new LoopbackContainer(options.image)
    .withExposedPorts(...options.ports.map((port) => ({ container: port, host: port })))
    .withBindMounts([{ source: options.volume.name, target: options.volume.target }])
    .withEnvironment({ ...options.environment })
    .withCopyContentToContainer([...(options.files ?? [])])
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(startMsMax);
  if (options.entrypoint) container.withEntrypoint([...options.entrypoint]);
  if (options.command) container.withCommand([...options.command]);
  const what = `${options.service} could not be started in Docker`;
  const started = await orSayWhy(what, `docker pull ${options.image}`, () => container.start());
  const engine = (await runtime()).container.dockerode.getContainer(started.getId());
  const isRunning = async () => (await engine.inspect()).State.Running;
  try {
    await waitUntilAnswering(options);
  } catch (failure) {
    // What the engine says of the stop is of no use to anybody beside the failure itself.
    await started.stop().catch(() => undefined);
    throw failure;
  }
  return {
    isRunning,
    start: async () => {
      if (await isRunning()) return;
      await engine.start();
      await waitUntilAnswering(options);
    },
    signal: async (signal) => {
      if (!(await isRunning())) return;
      await engine.kill({ signal });
      await engine.wait();
    },
    stop: async () => {
      if (await isRunning()) await engine.stop({ t: 30 });
    },
  };
}

/** Runs a command in a container that is removed again, with a volume and a folder of this machine. */
export async function runInContainer(options: {
  image: string;
  command: readonly string[];
  mounts: readonly { source: string; target: string }[];
}): Promise<void> {
  const { GenericContainer, Wait } = await library();
  const container = await new GenericContainer(options.image)
    .withEntrypoint([...options.command])
    .withBindMounts([...options.mounts])
    .withUser('root')
    .withWaitStrategy(Wait.forOneShotStartup())
    .start();
  await container.stop();
}

async function waitUntilAnswering(options: DockerContainerOptions): Promise<void> {
  const until = Date.now() + startMsMax;
  while (!(await options.answers())) {
    if (Date.now() > until) {
      throw new LocalServiceError(
        'not-answering',
        `${options.service} in Docker (${options.image}) did not answer within ${startMsMax / 1000} s: read \`docker logs\` of its container, or set ELEVNAV_SERVICES=local.`,
      );
    }
    await sleep(pollMs);
  }
}

// The Docker library's own words tell a person who waits neither what it was about nor what else would do.
async function orSayWhy<Result>(
  what: string,
  command: string,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    const [word = ''] = (cause as Error).message.trim().split('\n');
    throw new LocalServiceError(
      'docker-failed',
      `${what} ("${word}"): see what \`${command}\` says, mend that and start again, or set ELEVNAV_SERVICES=local.`,
      cause,
    );
  }
}

// Loaded only when a Docker engine is used, since it takes most of a second.
function library(): Promise<Testcontainers> {
  return import('testcontainers');
}

async function runtime() {
  return (await library()).getContainerRuntimeClient();
}
