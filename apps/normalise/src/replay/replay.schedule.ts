import { Injectable } from '@nestjs/common';
import { Log, Metrics, PeriodicTasks } from '#runtime';
import { HuvudmanKeys, Settings, Stage, replayByTime } from '#stage';
import { NormaliseConfig } from '../normalise.config.js';
import { replayChunk } from './replay-chunk.js';
import { REGISTER_REPLAY } from './replay.store.js';

/** Replays the register when an administrator has asked for it, no faster than `REPLAY_PER_SECOND`. */
@Injectable()
export class ReplaySchedule {
  constructor(
    stage: Stage,
    settings: Settings,
    keys: HuvudmanKeys,
    log: Log,
    config: NormaliseConfig,
    tasks: PeriodicTasks,
    metrics: Metrics,
  ) {
    const around = { keys, huvudmen: () => settings.huvudmen() };
    replayByTime(
      {
        table: REGISTER_REPLAY,
        counts:
          'Persons, school units, groups and activities whose present state was re-announced, on request.',
        perSecond: config.replayPerSecond,
        failure: 'The register could not be replayed',
        next: (unit, replay) => replayChunk(unit, replay, around),
      },
      { stage, tasks, metrics, log },
    );
  }
}
