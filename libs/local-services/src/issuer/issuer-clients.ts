import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeSecretFile } from '../host/files.js';
import { superUser } from '../kafka/server-properties.js';
import { LocalServiceError } from '../local-service-error.js';
import type { IssuerClient } from '../services.js';

// RFC 6749 appendix A: what a client id and a scope may consist of, without the space and with a limit.
const idPattern = /^[\x21-\x7e]{1,120}$/;
const scopePattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,120}$/;
const secretLengthMin = 16;

/**
 * Registers a client with the local issuer of a data folder, from any process; valid for the very
 * next token request. Throws `client-invalid`.
 */
export function registerIssuerClient(directory: string, client: IssuerClient): Promise<void> {
  return Promise.resolve().then(() => writeClient(issuerFolder(directory), client));
}

/** Where the local issuer of a data folder keeps its keys and clients. */
export function issuerFolder(directory: string): string {
  return join(directory, 'issuer');
}

/**
 * Keeps a client in a file of its own, so that several processes can register at once and nothing
 * has to be read again but the client that asks.
 */
export function writeClient(folder: string, client: IssuerClient): void {
  refuseInvalid(client);
  mkdirSync(join(folder, 'clients'), { recursive: true, mode: 0o700 });
  const { clientId, clientSecret, scopes, claims } = client;
  const kept = { clientId, clientSecret, scopes: [...new Set(scopes)], claims };
  const text = JSON.stringify(kept, null, 2);
  writeSecretFile(clientPath(folder, clientId), `${text}\n`);
}

/** The client as it is registered now; undefined when there is none. */
export function readClient(folder: string, clientId: string): IssuerClient | undefined {
  const path = clientPath(folder, clientId);
  if (!idPattern.test(clientId) || !existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')) as IssuerClient;
}

function clientPath(folder: string, clientId: string): string {
  return join(folder, 'clients', `${Buffer.from(clientId).toString('base64url')}.json`);
}

function refuseInvalid({ clientId, clientSecret, scopes }: IssuerClient): void {
  const refuse = (message: string): never => {
    throw new LocalServiceError('client-invalid', message);
  };
  if (!idPattern.test(clientId)) {
    refuse('Give the client an id of 1 to 120 printable ASCII characters without spaces.');
  }
  if (clientId === superUser) {
    refuse(`Choose another client id than "${superUser}", which is Kafka's super user.`);
  }
  if (clientSecret.length < secretLengthMin) {
    refuse(`Give the client a secret of at least ${secretLengthMin} characters.`);
  }
  if (!scopes.every((scope) => scopePattern.test(scope))) {
    refuse('Give scopes of 1 to 120 printable ASCII characters without spaces and quotes.');
  }
}
