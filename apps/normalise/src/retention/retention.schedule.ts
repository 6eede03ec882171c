import { Injectable } from '@nestjs/common';
import { COMMANDS_TOPIC, SOURCE_KINDS, sourceTopic } from '#canonical';
import { Log, Metrics, PeriodicTasks, Shutdown, type CounterHandle, type PeriodicTask } from '#runtime'; // prettier-ignore
import { HuvudmanKeys, Stage } from '#stage';
import { nightOf } from './night-of.js';
import { retainChunk, type RetainedChunk } from './retain-chunk.js';
import { beginRun } from './retention-run.store.js';
import { RetentionPolicies } from './retention-policies.js';

const EVERY_MS = 60_000;
/** While events have lain unread for longer, somebody's return may be among them. */
const BEHIND_MS_MAX = 15 * 60 * 1_000;
const TOPICS = [...SOURCE_KINDS.map(sourceTopic), COMMANDS_TOPIC];

/**
 * Once a night erases those whom nobody has asserted for as long as the policies keep them, or, until an operator has switched it on,
 * only counts them (decision 16). Every process of the stage looks; a run is in one hand at a time.
 */
@Injectable()
export class RetentionSchedule {
  private readonly task: PeriodicTask;
  private readonly erased: CounterHandle<never>;

  constructor(
    private readonly stage: Stage,
    private readonly policies: RetentionPolicies,
    private readonly keys: HuvudmanKeys,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
    tasks: PeriodicTasks,
    metrics: Metrics,
  ) {
    this.erased = metrics.counter(
      'elevnav_normalise_retention_erased_total',
      'Persons erased because the time for which they are kept was over.',
    );
    this.task = tasks.add({
      name: 'normalise.retention',
      everyMs: EVERY_MS,
      run: () => this.run(),
      failure: 'The retention of the register could not be applied',
    });
  }

  /** Settles when nothing is left to do now. */
  look(): Promise<void> {
    return this.task.now();
  }

  private async run(): Promise<void> {
    const now = this.stage.clock.now();
    const { mode, startsAtHour } = this.policies.setting;
    const night = nightOf(now, startsAtHour);
    if (mode !== 'paused' && night !== undefined) {
      await this.stage.transaction((unit) => Promise.resolve(beginRun(unit, { night, mode })));
    }
    for (let isIdle = false; !isIdle && !this.shutdown.isClosing;) isIdle = await this.step();
  }

  /** @returns true when there is nothing to do now. */
  private async step(): Promise<boolean> {
    // Read anew for each chunk, so that a pause or another policy holds at once.
    const { mode, questionDays } = this.policies.setting;
    if (mode === 'paused') return true;
    if (await this.stage.isBehind(TOPICS, BEHIND_MS_MAX)) return true;
    const startedMs = performance.now();
    const chunk = await this.stage.transaction((unit) => {
      const rules = this.policies.at(unit.now);
      const dormantBefore = this.policies.dormantBefore(rules);
      const presence = this.policies.presence(rules);
      return retainChunk(unit, { keys: this.keys, mode, rules, dormantBefore, questionDays, presence }); // prettier-ignore
    });
    if (chunk === undefined) return true;
    this.tell(chunk, Math.round(performance.now() - startedMs));
    return chunk.state !== 'running';
  }

  private tell({ run, erased, cause, state }: RetainedChunk, durationMs: number): void {
    const { night, mode } = run;
    if (erased.length > 0) {
      this.erased.add(erased.length);
      this.stage.tellBatch({
        topic: 'normalise.retention',
        partition: 0,
        durationMs,
        events: erased.map((subject) => ({
          cause,
          type: 'se.elevnav.person.erased',
          subject,
          outcome: 'passed',
          detail: 'the time for which the person is kept is over',
        })),
      });
    }
    if (state !== 'running') this.log.line({ outcome: state, what: 'retention', night, mode });
  }
}
