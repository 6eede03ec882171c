import { generateKeyPair, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { writeSecretFile } from '../host/files.js';
import { portRefused } from '../host/ports.js';
import { LocalServiceError } from '../local-service-error.js';
import type { IssuerService, Progress } from '../services.js';
import { readClient, writeClient } from './issuer-clients.js';

type OidcProvider = typeof import('oidc-provider');

const tokenLifeSeconds = 600;
const keyBits = 2048;

/** What a local issuer is started from. */
export interface LocalIssuerOptions {
  /** Holds the signing key and the clients. */
  folder: string;
  port: number;
  audience: string;
  progress: Progress;
}

/**
 * Starts an OpenID issuer inside this process, on loopback and without TLS: for development and
 * tests only. It knows one grant, client credentials, and one resource, the audience; its access
 * tokens are JWTs signed with RS256, valid for ten minutes (RFC 9068, RFC 8707).
 */
export async function startLocalIssuer(options: LocalIssuerOptions): Promise<IssuerService> {
  const { folder, port, audience, progress } = options;
  progress('Starting the OpenID issuer (for development only: no TLS, no people) …');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = await readOrMakeKey(join(folder, 'signing-key.json'));
  const library = await import('oidc-provider');
  const url = `http://127.0.0.1:${port}`;
  const provider = new library.Provider(url, configuration({ library, folder, audience, key }));
  const server = createServer(provider.callback());
  await listen(server, port);
  return {
    how: 'local',
    url,
    audience,
    jwksUrl: `${url}/jwks`,
    registerClient: (client) => Promise.resolve().then(() => writeClient(folder, client)),
    stop: () => close(server),
  };
}

function configuration(from: {
  library: OidcProvider;
  folder: string;
  audience: string;
  key: Record<string, unknown>;
}): Record<string, unknown> {
  return {
    adapter: clientAdapter(from.folder),
    jwks: { keys: [from.key] },
    cookies: { keys: [randomUUID()] },
    responseTypes: [],
    scopes: [],
    ttl: { ClientCredentials: tokenLifeSeconds },
    extraTokenClaims: (_: unknown, { clientId }: { clientId: string }) =>
      readClient(from.folder, clientId)?.claims,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => from.audience,
        getResourceServerInfo: resourceServer(from),
      },
    },
  };
}

type ResourceServer = (
  context: { oidc: { params: Record<string, string | undefined> } },
  resource: string,
  client: { clientId: string },
) => Record<string, unknown>;

function resourceServer(from: {
  library: OidcProvider;
  folder: string;
  audience: string;
}): ResourceServer {
  const { InvalidScope, InvalidTarget } = from.library.errors;
  return ({ oidc: { params } }, resource, { clientId }) => {
    if (resource !== from.audience) {
      throw new InvalidTarget(`ask for no resource or for ${from.audience}`);
    }
    const registered = readClient(from.folder, clientId)?.scopes ?? [];
    // RFC 6749 §3.3: without a scope the default applies, here all that the client has.
    params.scope ??= registered.join(' ') || undefined;
    const foreign = params.scope?.split(' ').find((scope) => !registered.includes(scope));
    if (foreign !== undefined) {
      throw new InvalidScope('this client is not registered with that scope', foreign);
    }
    return {
      scope: registered.join(' '),
      audience: from.audience,
      accessTokenFormat: 'jwt',
      accessTokenTTL: tokenLifeSeconds,
      jwt: { sign: { alg: 'RS256' } },
    };
  };
}

// Clients are read from their files; nothing else is ever stored, since tokens are self-contained.
function clientAdapter(folder: string) {
  return class {
    readonly #model: string;

    constructor(model: string) {
      this.#model = model;
    }

    find(id: string): Promise<Record<string, unknown> | undefined> {
      const client = this.#model === 'Client' ? readClient(folder, id) : undefined;
      if (client === undefined) return Promise.resolve(undefined);
      return Promise.resolve({
        client_id: client.clientId,
        client_secret: client.clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      });
    }

    upsert(): Promise<void> {
      return Promise.resolve();
    }
  };
}

async function readOrMakeKey(path: string): Promise<Record<string, unknown>> {
  if (!existsSync(path)) {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: keyBits });
    const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
    writeSecretFile(path, `${JSON.stringify({ ...key, kid: randomUUID() })}\n`);
  }
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new LocalServiceError(
      'data-half-written',
      `The issuer's key in ${path} is half written: start over with \`npm start -- --fresh\`, which deletes the data.`,
      cause,
    );
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(portRefused('issuer', port, cause)));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
