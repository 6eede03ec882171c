import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startLocalServices } from '../local-services.js';
import { kafkaVolume } from '../kafka/docker-kafka.js';
import { postgresVolume } from '../postgres/docker-postgres.js';

/** A Docker engine as far as the library asks before it has an image: it has these volumes, and can pull nothing. */
function engineWithoutImages(volumes: readonly string[]): Server {
  const answers: Readonly<Record<string, unknown>> = {
    '/_ping': 'OK',
    '/info': { OperatingSystem: 'a spec', OSType: 'linux', Architecture: 'x86_64' },
    '/volumes': { Volumes: volumes.map((Name) => ({ Name })) },
  };
  return createServer(({ url = '' }, response) => {
    const [path = ''] = url.replace(/^\/v[\d.]+/, '').split('?');
    if (!(path in answers)) response.statusCode = 500;
    response.end(JSON.stringify(answers[path] ?? { message: 'no route to the registry' }));
  });
}

describe('a service in Docker', () => {
  const ports = { kafka: 0, kafkaClients: 0, kafkaController: 0, postgres: 0 };
  const before = process.env.DOCKER_HOST;
  let root: string;
  let engine: Server;
  const folderOf = (name: string) => join(root, 'hub', name);
  const start = (need: 'kafka' | 'postgres', fresh = false) =>
    startLocalServices({ directory: join(root, 'hub'), need: [need], way: 'docker', ports, fresh });

  // One engine for all: the library keeps the first that it finds.
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'elevnav-docker-'));
    engine = engineWithoutImages([kafkaVolume(folderOf('kafka'))]).listen(0, '127.0.0.1');
    await once(engine, 'listening');
    process.env.DOCKER_HOST = `tcp://127.0.0.1:${(engine.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
    engine.close();
    engine.closeAllConnections();
    rmSync(root, { recursive: true });
  });

  it('whose image cannot be pulled says so, and what else would do', async () => {
    await expect(start('postgres')).rejects.toMatchObject({
      code: 'docker-failed',
      message:
        'PostgreSQL could not be started in Docker ("(HTTP code 500) server error - no route to the registry"): see what `docker pull postgres:18` says, mend that and start again, or set ELEVNAV_SERVICES=local.',
      cause: expect.objectContaining({
        message: expect.stringContaining('no route to the registry') as string,
      }) as Error,
    });
    expect(existsSync(join(root, 'hub', 'hub.lock'))).toBe(false);
  });

  it('whose password is gone while its data is there is told at once', async () => {
    const passwordFile = join(folderOf('kafka'), 'password');
    await expect(start('kafka')).rejects.toMatchObject({
      code: 'data-half-written',
      message: expect.stringContaining(`its password in ${passwordFile}: bring`) as string,
    });
    expect(existsSync(passwordFile)).toBe(false);
  });

  it('whose data cannot be deleted says by which command that is tried', async () => {
    await expect(start('kafka', true)).rejects.toMatchObject({
      code: 'docker-failed',
      message: expect.stringContaining(
        `docker volume rm ${kafkaVolume(folderOf('kafka'))}`,
      ) as string,
    });
  });

  it('has a volume of its own in each folder', () => {
    expect(postgresVolume(folderOf('postgres'))).not.toBe(postgresVolume(folderOf('other')));
  });
});
