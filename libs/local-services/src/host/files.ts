import { randomBytes } from 'node:crypto';
import { existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const logBytesMax = 10 * 1024 * 1024;

/** Writes a file that only its owner may read, as a whole or not at all. */
export function writeSecretFile(path: string, text: string): void {
  const fresh = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, path);
}

/** Reads the secret in a file, or makes one of 192 random bits the first time. */
export function readOrMakeSecret(path: string): string {
  if (!existsSync(path)) writeSecretFile(path, randomBytes(24).toString('base64url'));
  return readFileSync(path, 'utf8');
}

/** Opens a log for appending; one that has grown beyond 10 MB is set aside as `<path>.1` first. */
export function openLog(path: string): number {
  if (existsSync(path) && statSync(path).size > logBytesMax) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** The last lines of a log, for the `cause` of an error; empty when there is none. */
export function lastLines(path: string, lines = 15): string {
  if (!existsSync(path)) return '';
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** The folder that holds Elevnav's package.json, seen from the sources as well as from `dist`. */
export function repositoryRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
