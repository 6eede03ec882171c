import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Log, type LogLevel } from '#runtime';

const FILE_BYTES_MAX = 32 * 1024 * 1024;
/** As pino names them: these are shown, the others are in the file only. */
const SHOWN = /"level":"(error|fatal)"/;

/**
 * The log of a hub in one process: all lines to `log/hub.log` in the data folder (one older file is kept), errors to standard error
 * too, so that a terminal shows the demo and nothing else.
 */
export function openHubLog(directory: string, level: LogLevel): Log {
  const path = join(logFolder(directory), 'hub.log');
  let file = openSync(path, 'a');
  let bytes = 0;
  const write = (line: string): void => {
    bytes += writeSync(file, line);
    if (SHOWN.test(line)) process.stderr.write(line);
    if (bytes < FILE_BYTES_MAX) return;
    closeSync(file);
    renameSync(path, `${path}.old`);
    file = openSync(path, 'a');
    bytes = 0;
  };
  return Log.create({ stage: 'hub', level, destination: { write } });
}

/** Made when missing. */
export function logFolder(directory: string): string {
  const folder = join(directory, 'log');
  mkdirSync(folder, { recursive: true });
  return folder;
}
