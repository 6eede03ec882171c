import { createServer } from 'node:net';
import { PORT_SETTINGS, type StagePorts } from './hub.config.js';
import { HubError } from './hub-error.js';
import { HUB_STAGES, type HubStage } from './hub-stages.js';

/**
 * Turns 0 into a free port, and checks that the ports of the stages to start are free. All are held open together until each is
 * known, so that no two get the same.
 *
 * @throws HubError naming every port that is taken, and the settings that change them.
 */
export async function settlePorts(
  host: string,
  wanted: StagePorts,
  stages: readonly HubStage[] = HUB_STAGES,
): Promise<StagePorts> {
  const ports = { ...wanted };
  const taken: HubStage[] = [];
  const releases: (() => Promise<void>)[] = [];
  for (const stage of stages) {
    const held = await hold(host, wanted[stage]);
    if (held === undefined) taken.push(stage);
    else {
      ports[stage] = held.port;
      releases.push(held.release);
    }
  }
  await Promise.all(releases.map((release) => release()));
  if (taken.length === 0) return ports;
  const list = taken.map((stage) => `${wanted[stage]} (${PORT_SETTINGS[stage]})`).join(', ');
  throw new HubError(
    `Ports are taken: ${list}. Stop the program that uses them, or set the variables in brackets to other ports.`,
  );
}

interface HeldPort {
  readonly port: number;
  release(): Promise<void>;
}

function hold(host: string, port: number): Promise<HeldPort | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      const settled = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ port: settled, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
