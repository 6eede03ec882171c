import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Town } from '../invent/town.js';

export interface KeptTown {
  readonly town: Town;
  /** Whether all of it has been pushed once. */
  isFilled: boolean;
}

/** What the pretend systems know, kept over a restart. A crash forgets the last moments, as a system restored from a backup does. */
export class TownFile {
  constructor(private readonly path: string) {}

  /** Undefined when there is none, or it was invented from another seed. */
  read(seed: number): KeptTown | undefined {
    if (!existsSync(this.path)) return undefined;
    try {
      const kept = JSON.parse(readFileSync(this.path, 'utf8')) as KeptTown;
      return kept.town.seed === seed ? kept : undefined;
    } catch (cause) {
      throw new Error(`${this.path} is half written: delete it, or start with --fresh.`, { cause });
    }
  }

  write(kept: KeptTown): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    writeFileSync(`${this.path}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }
}
