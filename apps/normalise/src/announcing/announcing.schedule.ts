import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SchedulerRegistry } from '@nestjs/schedule';
import { Log, Metrics, Shutdown, type CounterHandle } from '#runtime';
import { HuvudmanKeys, Settings, Stage } from '#stage';
import { NormaliseConfig } from '../normalise.config.js';
import { announceChunk, CHUNK } from './announce-chunk.js';

const INTERVAL = 'normalise.announcing';
const SECOND_MS = 1_000;

/**
 * Announces the register again when an administrator has asked for it, no faster than `ANNOUNCE_PER_SECOND`, so that what happens now
 * is not held up. Every process of the stage looks; one at a time has it in hand, and a restart goes on where it stood.
 */
@Injectable()
export class AnnouncingSchedule implements OnApplicationBootstrap {
  private running: Promise<void> | undefined;
  private readonly announced: CounterHandle<never>;

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
    this.announced = metrics.counter(
      'elevnav_normalise_announced_again_total',
      'Persons, school units, groups and activities whose present state was announced once more, on request.',
    );
  }

  onApplicationBootstrap(): void {
    const everyMs = (CHUNK / this.config.announcePerSecond) * SECOND_MS;
    const timer = setInterval(() => void this.tick(), everyMs);
    this.registry.addInterval(INTERVAL, timer);
    this.shutdown.add('announcing', async () => {
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
        announceChunk(unit, { keys: this.keys, huvudmen }),
      );
      if (chunk === undefined) return;
      this.announced.add(chunk.announced);
      const { cause, isDone } = chunk;
      if (isDone) this.log.line({ outcome: 'done', what: 'announced again', cause });
    } catch (error) {
      const says = 'The register could not be announced again; tried again soon';
      this.log.failure(says, error, {}, 'warn');
    }
  }
}
