import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LocalServiceError, registerIssuerClient, type IssuerClient } from '#local-services';
import type { Scope } from '#runtime';

const SECRET_BYTES = 24;
const OWNER_ONLY = 0o600;

/**
 * The credentials of everybody whom the sandbox plays, in one file that only its owner can read. Secrets are made once, so that they
 * hold over a restart; the local issuer of the data folder knows every client before this returns.
 */
export class Credentials {
  private constructor(
    readonly path: string,
    private readonly clients: ReadonlyMap<string, IssuerClient>,
  ) {}

  /** @throws LocalServiceError `data-half-written` */
  static check(path: string): void {
    readClients(path);
  }

  /** @throws LocalServiceError `data-half-written` */
  static async issue(
    files: { readonly path: string; readonly issuerDirectory: string },
    wanted: Readonly<Record<string, readonly Scope[]>>,
  ): Promise<Credentials> {
    const known = readClients(files.path);
    const clients = new Map<string, IssuerClient>();
    for (const [clientId, scopes] of Object.entries(wanted)) {
      const clientSecret =
        known.find((client) => client.clientId === clientId)?.clientSecret ??
        randomBytes(SECRET_BYTES).toString('base64url');
      const client = { clientId, clientSecret, scopes: [...scopes] };
      await registerIssuerClient(files.issuerDirectory, client);
      clients.set(clientId, client);
    }
    writeClients(files.path, [...clients.values()]);
    return new Credentials(files.path, clients);
  }

  /** @throws Error for somebody whom the sandbox does not play. */
  of(clientId: string): IssuerClient {
    const client = this.clients.get(clientId);
    if (client === undefined) throw new Error(`The sandbox has no client "${clientId}".`);
    return client;
  }
}

function readClients(path: string): IssuerClient[] {
  if (!existsSync(path)) return [];
  try {
    const clients = JSON.parse(readFileSync(path, 'utf8')) as IssuerClient[];
    if (clients.every(({ clientId, clientSecret }) => clientId && clientSecret)) return clients;
    throw new Error('A client lacks its id or its secret.');
  } catch (cause) {
    throw new LocalServiceError(
      'data-half-written',
      `The sandbox's credentials in ${path} are half written: delete that file to have new ones made, or start over with \`npm start -- --fresh\`, which deletes the data.`,
      cause,
    );
  }
}

function writeClients(path: string, clients: readonly IssuerClient[]): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${JSON.stringify(clients, null, 2)}\n`, { mode: OWNER_ONLY });
  renameSync(`${path}.new`, path);
}
