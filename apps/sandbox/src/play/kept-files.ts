import { join } from 'node:path';
import { Credentials } from '../door/credentials.js';
import { TownFile } from './town-file.js';

/** What the sandbox keeps in a data folder. */
export function townFileIn(directory: string): TownFile {
  return new TownFile(join(directory, 'sandbox', 'town.json'));
}

export function credentialsPathIn(directory: string): string {
  return join(directory, 'sandbox', 'credentials.json');
}

/** For whoever starts the sandbox: what it could not read is told before anything runs. @throws LocalServiceError `data-half-written` */
export function checkKeptFiles(directory: string): void {
  townFileIn(directory).check();
  Credentials.check(credentialsPathIn(directory));
}
