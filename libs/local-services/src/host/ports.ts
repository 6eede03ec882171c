import { createServer, type Server } from 'node:net';

import { LocalServiceError } from '../local-service-error.js';
import { portSettings, type Ports } from '../local-services.config.js';

/**
 * Turns 0 into a free port and checks that the others are free. All are held open together until
 * each is known, so that no two get the same. Throws `port-taken`.
 */
export async function reservePorts<Name extends keyof Ports>(
  wanted: Pick<Ports, Name>,
): Promise<Pick<Ports, Name>> {
  const holders: Server[] = [];
  const reserved = { ...wanted };
  try {
    for (const name of Object.keys(wanted) as Name[]) {
      const holder = await hold(name, wanted[name]);
      holders.push(holder);
      const address = holder.address();
      if (address !== null && typeof address === 'object') reserved[name] = address.port;
    }
  } finally {
    await Promise.all(holders.map((holder) => new Promise((done) => holder.close(done))));
  }
  return reserved;
}

function hold(name: keyof Ports, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (cause) => reject(portTaken(name, port, cause)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

/** The error for a port that cannot be had; it names the setting that changes it. */
export function portTaken(name: keyof Ports, port: number, cause: unknown): LocalServiceError {
  return new LocalServiceError(
    'port-taken',
    `Port ${port} is taken: stop the program that uses it, or set ${portSettings[name].variable} to another port.`,
    cause,
  );
}
