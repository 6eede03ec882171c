import { createServer, type Server } from 'node:net';

import { LocalServiceError } from '../local-service-error.js';
import { portSettings, type Ports } from '../local-services.config.js';

/**
 * Turns 0 into a free port and checks that the others are free. All are held open together until
 * each is known, so that no two get the same. Throws `port-taken` or `port-refused`.
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
    server.once('error', (cause) => reject(portRefused(name, port, cause)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

/** The error for a port that cannot be had; it names the setting that changes it. */
export function portRefused(name: keyof Ports, port: number, cause: unknown): LocalServiceError {
  const { variable } = portSettings[name];
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    const what = 'is taken: stop the program that uses it, or set';
    return new LocalServiceError('port-taken', `Port ${port} ${what} ${variable} to another port.`, cause); // prettier-ignore
  }
  const sentence =
    code === 'EACCES'
      ? `Port ${port} is not for this user: set ${variable} to a port from 1024 on.`
      : `Port ${port} of 127.0.0.1 cannot be listened on (${code}): mend that on this machine, or set ${variable} to another port.`;
  return new LocalServiceError('port-refused', sentence, cause);
}
