import { Injectable } from '@nestjs/common';
import { Log, Metrics, PeriodicTasks, type CounterHandle } from '#runtime';
import { HuvudmanKeys, Settings, Stage } from '#stage';
import { NormaliseConfig } from '../normalise.config.js';
import { replayChunk, CHUNK } from './replay-chunk.js';

const SECOND_MS = 1_000;

/**
 * Replays the register when an administrator has asked for it, no faster than `REPLAY_PER_SECOND`, so that what happens now
 * is not held up. Every process of the stage looks; one at a time has it in hand, and a restart goes on where it stood.
 */
@Injectable()
export class ReplaySchedule {
  private readonly replayed: CounterHandle<never>;

  constructor(
    private readonly stage: Stage,
    private readonly settings: Settings,
    private readonly keys: HuvudmanKeys,
    private readonly log: Log,
    config: NormaliseConfig,
    tasks: PeriodicTasks,
    metrics: Metrics,
  ) {
    this.replayed = metrics.counter(
      'elevnav_normalise_replayed_total',
      'Persons, school units, groups and activities whose present state was re-announced, on request.',
    );
    tasks.add({
      name: 'normalise.replay',
      everyMs: (CHUNK / config.replayPerSecond) * SECOND_MS,
      run: () => this.step(),
      failure: 'The register could not be replayed',
    });
  }

  private async step(): Promise<void> {
    const huvudmen = () => this.settings.huvudmen();
    const chunk = await this.stage.transaction((unit) =>
      replayChunk(unit, { keys: this.keys, huvudmen }),
    );
    if (chunk === undefined) return;
    this.replayed.add(chunk.replayed);
    const { cause, isDone } = chunk;
    if (isDone) this.log.line({ outcome: 'done', what: 'replay', cause });
  }
}
