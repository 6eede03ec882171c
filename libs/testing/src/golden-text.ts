import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isGoldenWritten } from './testing.config.js';

/**
 * What a file holds that is made from the code, to be compared with what it should hold; empty when there is none. With
 * `UPDATE_GOLDEN=1` it is written anew first.
 */
export function goldenText(path: string, wanted: string): string {
  if (isGoldenWritten()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, wanted);
  }
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
