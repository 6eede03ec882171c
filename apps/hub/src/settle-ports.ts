import { createServer } from 'node:net';
import { PORT_SETTINGS, type StagePorts } from './hub.config.js';
import { HubError } from './hub-error.js';
import { HUB_STAGES, type HubStage } from './hub-stages.js';

/**
 * Turns 0 into a free port, and checks that the ports of the stages to start are free. All are held open together until each is
 * known, so that no two get the same.
 *
 * @throws HubError naming every port that cannot be had, why, and the settings that change them.
 */
export async function settlePorts(
  host: string,
  wanted: StagePorts,
  stages: readonly HubStage[] = HUB_STAGES,
): Promise<StagePorts> {
  const ports = { ...wanted };
  const refused: RefusedPort[] = [];
  const releases: (() => Promise<void>)[] = [];
  for (const stage of stages) {
    const held = await hold(host, wanted[stage]);
    if ('code' in held) refused.push({ stage, port: wanted[stage], code: held.code });
    else {
      ports[stage] = held.port;
      releases.push(held.release);
    }
  }
  await Promise.all(releases.map((release) => release()));
  if (refused.length > 0) throw new HubError(tellRefused(host, refused));
  return ports;
}

export interface RefusedPort {
  readonly stage: HubStage;
  readonly port: number;
  /** As the operating system names it: EADDRINUSE, EACCES … */
  readonly code: string;
}

/** One sentence for each reason, and what to do. */
export function tellRefused(host: string, refused: readonly RefusedPort[]): string {
  const codes = [...new Set(refused.map(({ code }) => code))];
  return codes
    .map((code) => {
      const list = refused
        .filter((port) => port.code === code)
        .map(({ stage, port }) => `${port} (${PORT_SETTINGS[stage]})`)
        .join(', ');
      if (code === 'EADDRINUSE') {
        return `Ports are taken: ${list}. Stop the program that uses them, or set the variables in brackets to other ports.`;
      }
      if (code === 'EACCES') {
        return `Ports are not for this user: ${list}. Set the variables in brackets to ports from 1024 on.`;
      }
      return `Ports of ${host} cannot be listened on (${code}): ${list}. Mend that on this machine, or set the variables in brackets to other ports.`;
    })
    .join(' ');
}

type HeldPort = { readonly port: number; release(): Promise<void> } | { readonly code: string };

function hold(host: string, port: number): Promise<HeldPort> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ code: code ?? message }),
    );
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const settled = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ port: settled, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
