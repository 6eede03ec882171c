import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

const answerMsMax = 1_000;

/**
 * Whether a Docker engine answers within a second, at DOCKER_HOST or else at one of the usual
 * sockets. Loads no Docker library. Any HTTP answer counts, also one that asks for TLS.
 */
export async function dockerAnswers(dockerHost: string | undefined): Promise<boolean> {
  const targets = dockerHost ? [targetOf(dockerHost)] : usualSockets().filter(existsSync);
  const answers = await Promise.all(targets.map((target) => ping(target)));
  return answers.includes(true);
}

type Target = string | { host: string; port: number } | undefined;

function targetOf(dockerHost: string): Target {
  if (!URL.canParse(dockerHost)) return undefined;
  const url = new URL(dockerHost);
  if (url.protocol === 'unix:') return url.pathname;
  return { host: url.hostname, port: Number(url.port) || 2375 };
}

function usualSockets(): string[] {
  const home = homedir();
  const user = process.getuid?.() ?? 0;
  return [
    '/var/run/docker.sock',
    `/run/user/${user}/docker.sock`,
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
  ];
}

function ping(target: Target): Promise<boolean> {
  if (target === undefined) return Promise.resolve(false);
  const where = typeof target === 'string' ? { socketPath: target } : target;
  return new Promise((resolve) => {
    const request = get({ ...where, path: '/_ping', agent: false }, (response) => {
      response.resume();
      resolve(true);
    });
    const patience = setTimeout(() => request.destroy(), answerMsMax);
    request.once('error', () => resolve(false));
    request.once('close', () => {
      clearTimeout(patience);
      resolve(false);
    });
  });
}
