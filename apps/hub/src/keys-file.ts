import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubError } from './hub-error.js';

/** The keys that every stage works with, as their settings read them. */
export interface HubKeys {
  readonly IDENTITY_KEY: string;
  readonly MASTER_KEYS: string;
}

const KEY_BYTES = 32;

/** Makes the keys once and keeps them beside the data that they seal; with `fresh` both start over. Only the owner can read them. */
export function readOrMakeKeys(directory: string, { fresh }: { readonly fresh: boolean }): HubKeys {
  const path = join(directory, 'keys.json');
  if (fresh) rmSync(path, { force: true });
  if (existsSync(path)) return readKeys(path);
  const key = () => randomBytes(KEY_BYTES).toString('base64');
  const keys: HubKeys = { IDENTITY_KEY: key(), MASTER_KEYS: `local:${key()}` };
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return keys;
}

function readKeys(path: string): HubKeys {
  try {
    const { IDENTITY_KEY, MASTER_KEYS } = JSON.parse(readFileSync(path, 'utf8')) as HubKeys;
    return { IDENTITY_KEY, MASTER_KEYS };
  } catch (cause) {
    throw new HubError(
      `${path} cannot be read: put the file back from a copy, or start over with \`npm start -- --fresh\`; without it the data cannot be opened.`,
      { cause },
    );
  }
}
