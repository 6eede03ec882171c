import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasData } from '#local-services';
import type { Environment } from '#runtime';
import { HubError } from './hub-error.js';

/** The keys that every stage works with, as their settings read them. */
export interface HubKeys {
  readonly IDENTITY_KEY: string;
  readonly MASTER_KEYS: string;
}

export interface KeysWanted {
  /** The data is deleted, and its keys with it. */
  readonly fresh: boolean;
  /** A key that the environment gives goes before the one in the file; where it gives both there is no file. */
  readonly given?: Environment;
}

const KEY_BYTES = 32;

/**
 * Makes the keys once and keeps them beside the data that they seal; with `fresh` both start over. Only the owner can read them.
 * Call it before the first data is written.
 *
 * @throws HubError when the file cannot be read, or is missing although there is data.
 */
export function readOrMakeKeys(directory: string, { fresh, given = {} }: KeysWanted): HubKeys {
  const path = join(directory, 'keys.json');
  if (fresh) rmSync(path, { force: true });
  const { IDENTITY_KEY, MASTER_KEYS } = given;
  if (IDENTITY_KEY && MASTER_KEYS) return { IDENTITY_KEY, MASTER_KEYS };
  const kept = existsSync(path) ? readKeys(path) : makeKeys(path, directory);
  return {
    IDENTITY_KEY: IDENTITY_KEY || kept.IDENTITY_KEY,
    MASTER_KEYS: MASTER_KEYS || kept.MASTER_KEYS,
  };
}

function makeKeys(path: string, directory: string): HubKeys {
  if (hasData(directory)) {
    throw new HubError(
      `${path} is missing, and without it the data beside it cannot be opened: bring the file back from a backup (or set IDENTITY_KEY and MASTER_KEYS to its keys), or start over with \`npm start -- --fresh\`, which deletes the data.`,
    );
  }
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
    if (IDENTITY_KEY && MASTER_KEYS) return { IDENTITY_KEY, MASTER_KEYS };
    throw new Error('A key is missing.');
  } catch (cause) {
    throw new HubError(
      `${path} cannot be read: put the file back from a copy, or start over with \`npm start -- --fresh\`; without it the data cannot be opened.`,
      { cause },
    );
  }
}
