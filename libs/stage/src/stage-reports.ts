import type { TrailData } from '#canonical';
import type { Lane } from '#kafka';
import type { Log, Metrics } from '#runtime';
import { HoldUps, type HoldUp } from './hold-ups.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** What a stage tells its operator: one line and a few counters per batch, and a line for what should not happen. */
export class StageReports {
  private readonly events;
  private readonly batches;
  private readonly retries;
  private readonly sent;
  private readonly bugs;
  private readonly epochs;
  private bugTimesMs: number[] = [];
  private lastWaitMs = 0;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
    private readonly options: {
      readonly bugsPerMinuteMax: number;
      readonly onTooManyBugs: () => void;
    },
  ) {
    this.events = metrics.counter('elevnav_events_total', 'Events handled, by outcome', [
      'topic',
      'outcome',
    ]);
    this.batches = metrics.histogram(
      'elevnav_batch_seconds',
      'Time from a batch’s begin to its commit',
      { labels: ['topic'] },
    );
    this.retries = metrics.counter('elevnav_batch_retries_total', 'Batches done again, by why', [
      'why',
    ]);
    this.sent = metrics.counter('elevnav_outbox_sent_total', 'Events sent by the relay');
    this.bugs = metrics.counter('elevnav_bugs_total', 'Events that a fault of ours parked', [
      'topic',
    ]);
    this.epochs = metrics.gauge(
      'elevnav_epoch',
      'The stage’s epoch: raised when its store has started anew',
    );
  }

  batch(
    stage: string,
    {
      topic,
      partition,
      durationMs,
      events,
    }: Lane & { durationMs: number; events: TrailData['events'] },
  ): void {
    const outcomes: Record<string, number> = {};
    for (const { outcome } of events) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    for (const [outcome, count] of Object.entries(outcomes))
      this.events.add(count, { topic, outcome });
    this.batches.observe(durationMs / SECOND_MS, { topic });
    if (!this.log.writes('info')) return;
    this.log.line({
      outcome: 'stored',
      stage,
      topic,
      partition,
      durationMs,
      events: events.length,
      ...outcomes,
    });
  }

  bug(stage: string, lane: Lane | undefined, error: unknown): void {
    this.log.failure('An event could not be handled and is parked as a fault of ours', error, {
      stage,
      ...(lane && { topic: lane.topic, partition: lane.partition }),
    });
    if (!lane) return;
    this.bugs.add(1, { topic: lane.topic });
    const now = Date.now();
    this.bugTimesMs = this.bugTimesMs.filter((at) => now - at < MINUTE_MS);
    this.bugTimesMs.push(now);
    if (this.bugTimesMs.length > this.options.bugsPerMinuteMax) this.options.onTooManyBugs();
  }

  retry(_stage: string, why: 'busy' | 'lost-race'): void {
    this.retries.add(1, { why });
  }

  /** Neither the statement nor what the error says: it may hold values. */
  heldUp(stage: string, { topics, heldMs, errorName, errorCode, says }: HoldUp): void {
    this.log.warn(`Batches are not stored and are tried again: ${says}`, {
      stage,
      topics,
      heldMs,
      errorName,
      errorCode,
    });
  }

  goesOn(stage: string, heldMs: number): void {
    this.log.info('Batches are stored again', { stage, heldMs });
  }

  relayed(_stage: string, rows: number): void {
    this.sent.add(rows);
  }

  waits(stage: string, what: string, error: unknown): void {
    const now = Date.now();
    if (now - this.lastWaitMs < SECOND_MS) return;
    this.lastWaitMs = now;
    if (error === undefined) this.log.warn('Waits for Kafka', { stage, what });
    else this.log.failure('Waits and tries again', error, { stage, what }, 'warn');
  }

  epochRaised(stage: string, epoch: number): void {
    this.epochs.set(epoch);
    this.log.info('The store has started anew; the epoch is raised', { stage, epoch });
  }

  forgotten(stage: string, { topic, partition }: Lane, records: number): void {
    this.log.warn(
      'The store was put back to an earlier copy: records that their sender has forgotten are passed over, it sends them again',
      { stage, topic, partition, records },
    );
  }

  namedLoss(stage: string, { topic, partition }: Lane, from: number, to: number): void {
    this.log.error(
      'The log no longer holds records that this stage never read: they are lost to it',
      {
        stage,
        topic,
        partition,
        from,
        to,
      },
    );
  }
}

/** What is held up in a stage, told in its log. */
export function holdUpsOf(stage: string, reports: StageReports): HoldUps {
  return new HoldUps({
    onHeldUp: (holdUp) => reports.heldUp(stage, holdUp),
    onGoesOn: (heldMs) => reports.goesOn(stage, heldMs),
  });
}
