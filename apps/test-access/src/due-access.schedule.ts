import { stockholmDay } from '#canonical';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log, Metrics, PeriodicTasks, Shutdown, SteppableClock, type CounterHandle } from '#runtime'; // prettier-ignore
import { Stage, type UnitOfWork } from '#stage';
import { AccessKnowledge } from './access-knowledge.js';
import { AccessRules } from './access-rules.js';
import { AccessRows, AccessStore, PUT_OFF_MS, type AccessRow } from './access.store.js';
import { CourseStore } from './course.store.js';
import { KnowledgeStore } from './knowledge.store.js';
import { decideAccess } from './rules/decide-access.js';
import type { StaleKnowledge } from './rules/postpone-ends.js';
import type { Participation } from './rules/take-courses.js';
import { newId, tellDecisions } from './tell-decisions.js';
import { TestAccessConfig } from './test-access.config.js';

const CHUNK_PERSONS = 500;
const SWEEP_PERSONS = 5_000;

/**
 * Looks whose access changes by time alone (design §6, rule 7), and decides them again from the facts as they were last known. What
 * fell due while the stage was down, or while a clock was stepped over it, is caught up with, oldest first.
 */
@Injectable()
export class DueAccessSchedule implements OnApplicationBootstrap {
  private last: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | undefined;
  private readonly decided: CounterHandle<never>;

  constructor(
    private readonly stage: Stage,
    private readonly store: AccessStore,
    private readonly rules: AccessRules,
    private readonly knowledge: AccessKnowledge,
    private readonly stale: KnowledgeStore,
    private readonly courses: CourseStore,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
    config: TestAccessConfig,
    tasks: PeriodicTasks,
    metrics: Metrics,
  ) {
    tasks.add({
      name: 'test-access.due',
      everyMs: config.scheduleIntervalMs,
      run: () => this.catchUp(),
      failure: 'Whose access changes by time could not be looked up',
    });
    this.decided = metrics.counter(
      'elevnav_test_access_due_total',
      'Persons decided again because of time, or of changed policies and calendars.',
    );
  }

  onApplicationBootstrap(): void {
    const { clock } = this.stage;
    const unlisten =
      clock instanceof SteppableClock ? clock.onStep(() => this.catchUp()) : () => undefined;
    this.shutdown.add('due access', async () => {
      unlisten();
      await this.last.catch(() => undefined); // told of by whoever asked for it
    });
  }

  /** Settles when nothing that is due by now, and nothing that the present rules may change, is left. */
  catchUp(): Promise<void> {
    this.waiting ??= this.last
      .catch(() => undefined) // told of by whoever asked for it
      .then(() => {
        this.waiting = undefined;
        return this.run();
      });
    this.last = this.waiting;
    return this.waiting;
  }

  private async run(): Promise<void> {
    const startedMs = performance.now();
    let persons = 0;
    const others = await this.knowledge.others();
    await this.stage.transaction((unit) => this.stale.release(unit, others, SWEEP_PERSONS));
    for (let isDone = false; !isDone && !this.shutdown.isClosing;) {
      const swept = await this.stage.transaction((unit) =>
        this.store.sweep(unit, this.rules.digest, SWEEP_PERSONS),
      );
      let decided = CHUNK_PERSONS;
      while (decided === CHUNK_PERSONS && !this.shutdown.isClosing) {
        decided = await this.stage.transaction((unit) => this.decideChunk(unit));
        persons += decided;
      }
      isDone = swept < SWEEP_PERSONS;
    }
    if (persons === 0) return;
    this.decided.add(persons);
    const durationMs = Math.round(performance.now() - startedMs);
    this.log.line({ outcome: 'done', what: 'due access', persons, durationMs });
  }

  private async decideChunk(unit: UnitOfWork): Promise<number> {
    const rows = await AccessRows.loadDue(unit, CHUNK_PERSONS);
    const failed: string[] = [];
    const { calendar } = this.rules;
    const formerIdsOf = (person: string) => rows.of(person).personState.formerIds ?? [];
    const [staleOf, coursesOf] = await Promise.all([
      this.knowledge.of(rows.all, unit),
      this.courses.of(rows.persons, { calendar, formerIdsOf }, unit),
    ]);
    for (const row of rows.all) {
      const known = { stale: staleOf(row.person), participations: coursesOf(row.person) };
      if (!this.decide(unit, row, known)) failed.push(row.person);
    }
    rows.save(unit);
    await this.store.putOff(unit, failed, new Date(unit.now.getTime() + PUT_OFF_MS));
    return rows.all.length;
  }

  /** False when the rules have a fault that this person shows; it is logged, and the others go on. */
  private decide(unit: UnitOfWork, row: AccessRow, known: Known): boolean {
    const due = row.nextDue!.toISOString();
    try {
      const facts = row.personState;
      const outcome = decideAccess(row.record, facts, {
        now: unit.now,
        calendar: this.rules.calendar,
        cause: `time ${stockholmDay(unit.now)}`,
        personEventType: 'time',
        ...known,
        policyOf: (huvudman) => this.rules.policyOf(huvudman),
        newId,
      });
      const occasion = { id: `due ${due} ${row.eventNumber}` };
      tellDecisions(unit, row, outcome, { facts, text: row.facts!, occasion });
      return true;
    } catch (error) {
      this.log.failure('Access could not be decided; tried again in an hour', error, {
        subject: row.person,
      });
      return false;
    }
  }
}

interface Known {
  readonly stale: readonly StaleKnowledge[];
  readonly participations: readonly Participation[];
}
