import { createServer } from 'node:net';
import { PORT_SETTINGS, type StagePorts } from './hub.config.js';
import { HubError } from './hub-error.js';
import type { HubStage } from './hub-stages.js';

/** @throws HubError naming every port that is taken, and the settings that change them. 0 stands for any free one. */
export async function checkPorts(
  host: string,
  ports: StagePorts,
  stages: readonly HubStage[],
): Promise<void> {
  const taken: HubStage[] = [];
  for (const stage of stages) {
    if (ports[stage] !== 0 && !(await isFree(host, ports[stage]))) taken.push(stage);
  }
  if (taken.length === 0) return;
  const list = taken.map((stage) => `${ports[stage]} (${PORT_SETTINGS[stage]})`).join(', ');
  throw new HubError(
    `Ports are taken: ${list}. Stop the program that uses them, or set the variables in brackets to other ports.`,
  );
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
