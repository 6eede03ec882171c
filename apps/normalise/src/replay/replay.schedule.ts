import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Log, Metrics, Shutdown, type CounterHandle } from '#runtime';
import { HuvudmanKeys, Settings, Stage } from '#stage';
import { NormaliseConfig } from '../normalise.config.js';
import { replayChunk, CHUNK } from './replay-chunk.js';

const INTERVAL = 'normalise.replay';
const SECOND_MS = 1_000;

/**
 * Replays the register when an administrator has asked for it, no faster than `REPLAY_PER_SECOND`, so that what happens now
 * is not held up. Every process of the stage looks; one at a time has it in hand, and a restart goes on where it stood.
 */
@Injectable()
export class ReplaySchedule implements OnApplicationBootstrap {
  private running: Promise<void> | undefined;
  private readonly replayed: CounterHandle<never>;

  constructor(
    private readonly stage: Stage,
    private readonly settings: Settings,
    private readonly keys: HuvudmanKeys,
    private readonly config: NormaliseConfig,
    private readonly registry: SchedulerRegistry,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.replayed = metrics.counter(
      'elevnav_normalise_replayed_total',
      'Persons, school units, groups and activities whose present state was re-announced, on request.',
    );
  }

  onApplicationBootstrap(): void {
    const everyMs = (CHUNK / this.config.replayPerSecond) * SECOND_MS;
    const timer = setInterval(() => void this.tick(), everyMs);
    this.registry.addInterval(INTERVAL, timer);
    this.shutdown.add('replay', async () => {
      if (this.registry.doesExist('interval', INTERVAL)) this.registry.deleteInterval(INTERVAL);
      await this.running;
    });
  }

  private tick(): Promise<void> {
    this.running ??= this.step().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Never throws, since the next tick tries again. */
  private async step(): Promise<void> {
    try {
      const huvudmen = () => this.settings.huvudmen();
      const chunk = await this.stage.transaction((unit) =>
        replayChunk(unit, { keys: this.keys, huvudmen }),
      );
      if (chunk === undefined) return;
      this.replayed.add(chunk.replayed);
      const { cause, isDone } = chunk;
      if (isDone) this.log.line({ outcome: 'done', what: 'replay', cause });
    } catch (error) {
      const says = 'The register could not be replayed; tried again soon';
      this.log.failure(says, error, {}, 'warn');
    }
  }
}
