import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { KafkaConnection, groupIdOf } from '#kafka';
import { Log } from '#runtime';
import { DashboardConfig } from '../dashboard.config.js';
import { FindingStore } from '../trail/finding.store.js';
import { ProcessStore } from '../trail/process.store.js';
import { TrailStore } from '../trail/trail.store.js';
import { MOVE_CAUSES, OVER_MINUTES, SILENT_SOURCE, describeOverview, type GroupLag, type Overview } from './describe-overview.js'; // prettier-ignore
import { PROCESSES_OVER_MINUTES } from './describe-processes.js';
import { LagClock } from './lag-clock.js';
import { PIPELINE } from './pipeline.js';

/** Open findings looked at, of pupils and of sources; the counts are of all of them. */
const FINDINGS_MAX = 500;
const SECOND_ASK_MS = 1_000;
const TOPICS_SEEN = [...new Set(PIPELINE.flatMap(({ groups }) => groups.flat()))];

/** Looks at the stages again and again, so that a page costs nobody but this one anything, however often it is asked for. */
@Injectable()
export class StageWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly lagClock = new LagClock();
  private seen: Promise<Overview> | undefined;
  private topicsMade: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private stopped = false;

  constructor(
    private readonly kafka: KafkaConnection,
    private readonly trail: TrailStore,
    private readonly processes: ProcessStore,
    private readonly findings: FindingStore,
    private readonly config: DashboardConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.looking = this.keepLooking();
  }

  /** Resolves when no look is under way, so that what it looks at can be closed. */
  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  /** What was seen at the last look. */
  overview(): Promise<Overview> {
    this.seen ??= this.look();
    return this.seen;
  }

  private async keepLooking(): Promise<void> {
    const looking = this.look();
    const before = this.seen;
    this.seen ??= looking;
    try {
      await looking;
      this.seen = looking;
    } catch (error) {
      // The last good look stays; its time stands on the page.
      if (this.seen === looking) this.seen = before;
      if (!this.stopped) this.log.failure('The stages could not be looked at', error, {}, 'warn');
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.looking = this.keepLooking();
    }, this.config.lookIntervalMs);
  }

  private async look(): Promise<Overview> {
    const [lags, activity, signs, processes, moves, silences, findingCounts] = await Promise.all([
      this.lags(),
      this.trail.activity(OVER_MINUTES),
      this.trail.signs(),
      this.processes.lately(PROCESSES_OVER_MINUTES),
      this.findings.open(MOVE_CAUSES, FINDINGS_MAX),
      this.findings.open([SILENT_SOURCE], FINDINGS_MAX),
      this.findings.counts(),
    ]);
    return describeOverview(PIPELINE, {
      at: new Date(),
      lags,
      activity,
      signs,
      processes,
      findings: [...moves, ...silences],
      findingCounts,
    });
  }

  /** Undefined when Kafka does not answer. */
  private async lags(): Promise<GroupLag[] | undefined> {
    try {
      return await this.lagsNow();
    } catch {
      this.topicsMade = undefined;
      // Topics that were just made, or a broker that has just returned, have no leader for a moment.
      await new Promise((resolve) => setTimeout(resolve, SECOND_ASK_MS));
    }
    try {
      return this.stopped ? undefined : await this.lagsNow();
    } catch (error) {
      this.topicsMade = undefined;
      this.log.failure('Kafka does not say how far the stages are', error, {}, 'warn');
      return undefined;
    }
  }

  private async lagsNow(): Promise<GroupLag[]> {
    // A topic that nobody has written to yet may be missing; then nothing waits in it.
    this.topicsMade ??= this.kafka.ensureTopics(TOPICS_SEEN);
    await this.topicsMade;
    const lags: GroupLag[] = [];
    for (const { stage, groups } of PIPELINE) {
      for (const topics of groups) {
        if (this.stopped) return lags;
        lags.push({ stage, ...(await this.lagOf(stage, topics)) });
      }
    }
    return lags;
  }

  private async lagOf(stage: string, topics: readonly string[]): Promise<Omit<GroupLag, 'stage'>> {
    const group = groupIdOf({ stage, topics });
    const lanes = await this.kafka.groupLag(group, topics);
    const now = Date.now();
    const seconds = lanes.map(({ topic, partition, committed, end }) => {
      const lane = `${group} ${topic}/${partition}`;
      this.lagClock.note(lane, end, now);
      return this.lagClock.secondsBehind(lane, committed, now);
    });
    const events = lanes.reduce((total, { lag }) => total + lag, 0);
    return { group, events, seconds: Math.max(0, ...seconds) };
  }
}
