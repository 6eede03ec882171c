import { resolve } from 'node:path';
import { lockFolder } from '#local-services';
import { Shutdown, exitOnCrash } from '#runtime';
import { HubError } from './hub-error.js';
import { readArguments, USAGE } from './read-arguments.js';
import { runHub } from './run-hub.js';
import { sentenceOf } from './sentence-of.js';
import { openHubLog } from './hub-log.js';
import { readHubSettings } from './hub-settings.js';
import { demoFolder, demoMove } from './demo/demo-move.js';
import { Teller } from './teller.js';

process.exitCode = 1;
try {
  const given = readArguments(process.argv.slice(2));
  if (given.help) {
    process.stdout.write(`${USAGE}\n`);
    process.exitCode = 0;
  } else {
    const settings = readHubSettings();
    const { directory } = settings.hub;
    const folder = resolve(given.demo ? demoFolder(directory) : directory);
    // Before anything is written there: a log that is rotated, or data that is deleted, may be a running hub's.
    process.once('exit', lockFolder(folder));
    const log = openHubLog(folder, settings.logging.level);
    exitOnCrash(log);
    const shutdown = new Shutdown({ log });
    shutdown.listen();
    const parts = { given, settings, log, shutdown, teller: new Teller(process.stdout) };
    try {
      const exitCode = given.demo ? await demoMove(parts) : await runHub(parts);
      if (exitCode !== undefined) process.exit(exitCode);
    } catch (error) {
      // A stop in the middle of the start is no fault: the shutdown ends the process.
      if (!shutdown.isClosing) {
        await shutdown.begin('the start failed');
        throw error;
      }
    }
  }
} catch (error) {
  const sentence = sentenceOf(error);
  if (sentence === undefined) throw error;
  process.stderr.write(`${sentence}\n`);
  process.exit(error instanceof HubError ? 2 : 1);
}
