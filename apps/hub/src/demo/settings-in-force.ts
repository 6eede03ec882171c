import { setTimeout as delay } from 'node:timers/promises';
import { Settings } from '#stage';
import { HubError } from '../hub-error.js';
import type { RunningStages } from '../run-stages.js';

const LIMIT_MS = 20_000;
const POLL_MS = 20;

/** A setting that was acknowledged is in force in every stage within moments: resolves when so many are. */
export async function settingsInForce(stages: RunningStages, wanted: number): Promise<void> {
  const ends = performance.now() + LIMIT_MS;
  for (const { app } of stages.values()) {
    const settings = app.get(Settings, { strict: false });
    while (settings.all().length < wanted) {
      if (performance.now() > ends) {
        throw new HubError('The settings of the demo did not come into force: start it again.');
      }
      await delay(POLL_MS);
    }
  }
}
