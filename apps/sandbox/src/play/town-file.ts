import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LocalServiceError } from '#local-services';
import type { Town } from '../invent/town.js';

export interface KeptTown {
  readonly town: Town;
  /** Whether all of it has been pushed once. */
  isFilled: boolean;
}

/** What the pretend systems know, kept over a restart. A crash forgets the last moments, as a system restored from a backup does. */
export class TownFile {
  constructor(private readonly path: string) {}

  /** Undefined when there is none, or it was invented from another seed. @throws LocalServiceError `data-half-written` */
  read(seed: number): KeptTown | undefined {
    const kept = this.parse();
    return kept?.town.seed === seed ? kept : undefined;
  }

  /** @throws LocalServiceError `data-half-written` */
  check(): void {
    this.parse();
  }

  private parse(): KeptTown | undefined {
    if (!existsSync(this.path)) return undefined;
    try {
      const kept = JSON.parse(readFileSync(this.path, 'utf8')) as KeptTown;
      if (Number.isInteger(kept.town.seed)) return kept;
      throw new Error('There is no town in it.');
    } catch (cause) {
      throw new LocalServiceError(
        'data-half-written',
        `The sandbox's town in ${this.path} is half written: delete that file to have a town invented anew, or start over with \`npm start -- --fresh\`, which deletes the data.`,
        cause,
      );
    }
  }

  write(kept: KeptTown): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    writeFileSync(`${this.path}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }
}
