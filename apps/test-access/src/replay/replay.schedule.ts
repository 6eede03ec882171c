import { Injectable } from '@nestjs/common';
import { Log, Metrics, PeriodicTasks } from '#runtime';
import { Stage, replayByTime } from '#stage';
import { TestAccessConfig } from '../test-access.config.js';
import { replayChunk } from './replay-chunk.js';
import { ACCESS_REPLAY } from './replay.store.js';

/** Replays access when an administrator has asked for it, no faster than `ACCESS_REPLAY_PER_SECOND`. */
@Injectable()
export class ReplaySchedule {
  constructor(
    stage: Stage,
    log: Log,
    config: TestAccessConfig,
    tasks: PeriodicTasks,
    metrics: Metrics,
  ) {
    replayByTime(
      {
        table: ACCESS_REPLAY,
        counts: 'Persons whose access was re-announced, on request.',
        perSecond: config.replayPerSecond,
        failure: 'Access could not be replayed',
        next: replayChunk,
      },
      { stage, tasks, metrics, log },
    );
  }
}
