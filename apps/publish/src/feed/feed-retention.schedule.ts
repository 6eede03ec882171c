import { Injectable } from '@nestjs/common';
import { huvudmanTopic, topicRow } from '#canonical';
import { Log, PeriodicTasks, Shutdown, inChunks } from '#runtime';
import { FeedStore } from './feed.store.js';

const EVERY_MS = 10 * 60 * 1_000;
const CHUNK_EVENTS = 5_000;
/** At most this many chunks in one go; what is left goes in the next. */
const CHUNKS_MAX = 200;

/** The feed keeps what its topic keeps. */
export const FEED_DAYS = topicRow(huvudmanTopic('any00000'))!.retentionDays!;

/** Forgets the oldest events, in chunks that hold no lock for long. */
@Injectable()
export class FeedRetentionSchedule {
  constructor(
    private readonly feed: FeedStore,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
    tasks: PeriodicTasks,
  ) {
    tasks.add({
      name: 'publish.feed-retention',
      everyMs: EVERY_MS,
      run: () => this.forget(),
      failure: 'The feed’s oldest events could not be forgotten',
    });
  }

  private async forget(): Promise<void> {
    const startedMs = performance.now();
    const events = await inChunks((size) => this.feed.forget(FEED_DAYS, size), {
      size: CHUNK_EVENTS,
      stepsMax: CHUNKS_MAX,
      shutdown: this.shutdown,
    });
    const durationMs = Math.round(performance.now() - startedMs);
    if (events > 0) this.log.line({ outcome: 'forgotten', what: 'feed', events, durationMs });
  }
}
