import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HealthRegistry, Log, Metrics, PeriodicTasks, Shutdown, type CounterHandle, type HealthState, type PeriodicTask } from '#runtime'; // prettier-ignore
import { HuvudmanKeys, Settings, Stage } from '#stage';
import { carryChunk, type CarriedChunk } from './carry-chunk.js';
import { beginAgain, succeededUnits } from './succession.store.js';
import { UnitHistory } from './unit-history.js';

const EVERY_MS = 2_000;
/** A spread that fails for so long is for an operator to look at: a unit’s new owner may wait for its pupils. */
const FAILING_MS_MAX = 5 * 60 * 1_000;

/**
 * Spreads what touches many persons outside the batch that told of it (design §4): a school unit has a new owner, or has closed. Every process of
 * the stage looks; a succession is in one hand at a time, and the next step is whoever's comes first.
 */
@Injectable()
export class SuccessionSchedule implements OnApplicationBootstrap {
  private readonly task: PeriodicTask;
  private settingsSeen: number | undefined;
  private readonly carried: CounterHandle<never>;

  constructor(
    private readonly stage: Stage,
    private readonly settings: Settings,
    private readonly keys: HuvudmanKeys,
    private readonly shutdown: Shutdown,
    private readonly health: HealthRegistry,
    private readonly log: Log,
    tasks: PeriodicTasks,
    metrics: Metrics,
  ) {
    this.task = tasks.add({
      name: 'normalise.successions',
      everyMs: EVERY_MS,
      run: () => this.spread(),
      failure: 'What became of a school unit could not be spread',
    });
    this.carried = metrics.counter(
      'elevnav_normalise_carried_over_total',
      'Persons, groups and activities carried over to their school unit’s new owner, or ended with it.',
    );
  }

  onApplicationBootstrap(): void {
    this.shutdown.add(
      'successions',
      this.health.add('successions', 'ready', () => this.state()),
    );
  }

  /** Until nothing is left to spread now. */
  private async spread(): Promise<void> {
    await this.followSettings();
    for (let isIdle = false; !isIdle && !this.shutdown.isClosing;) isIdle = await this.step();
  }

  /** Units whose owner has become, or is no longer, a huvudman of the hub are spread again. */
  private async followSettings(): Promise<void> {
    const { version } = this.settings;
    if (this.settingsSeen === version) return;
    await this.stage.transaction(async (unit) => {
      const history = new UnitHistory(() => this.settings.huvudmen());
      const units = await succeededUnits(unit);
      for (const { code, owners, closed_on } of units) history.note(code, owners, closed_on ?? undefined); // prettier-ignore
      beginAgain(
        unit,
        units.map(({ code }) => ({ schoolUnit: code, huvudman: history.holderOf(code) })),
      );
    });
    this.settingsSeen = version;
  }

  /** @returns true when there was nothing to do. */
  private async step(): Promise<boolean> {
    const startedMs = performance.now();
    const huvudmen = () => this.settings.huvudmen();
    const chunk = await this.stage.transaction((unit) =>
      carryChunk(unit, { keys: this.keys, huvudmen }),
    );
    if (chunk === undefined) return true;
    this.tell(chunk, Math.round(performance.now() - startedMs));
    return false;
  }

  private tell({ succession, carried, isDone }: CarriedChunk, durationMs: number): void {
    const { cause, schoolUnit } = succession;
    if (carried.length > 0) {
      this.carried.add(carried.length);
      this.stage.tellBatch({
        topic: 'normalise.succession',
        partition: 0,
        durationMs,
        events: carried.map((subject) => ({
          cause,
          type: 'se.elevnav.organisation.changed',
          subject,
          outcome: 'passed',
          detail: `follows school unit ${schoolUnit}`,
        })),
      });
    }
    if (isDone) this.log.line({ outcome: 'done', what: 'succession', schoolUnit, cause });
  }

  private state(): HealthState {
    if (this.task.failingMs < FAILING_MS_MAX)
      return { ok: true, detail: 'What becomes of school units is spread.' };
    return {
      ok: false,
      detail: 'What became of a school unit cannot be spread to its persons; the log says why.',
    };
  }
}
