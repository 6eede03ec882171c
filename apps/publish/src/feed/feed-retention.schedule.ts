import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { huvudmanTopic, topicRow } from '#canonical';
import { Log, Shutdown } from '#runtime';
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
  private running = false;

  constructor(
    private readonly feed: FeedStore,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
  ) {}

  @Interval('publish.feed-retention', EVERY_MS)
  async forget(): Promise<void> {
    if (this.running) return;
    this.running = true;
    const startedMs = performance.now();
    try {
      let events = 0;
      for (let chunk = 0; chunk < CHUNKS_MAX && !this.shutdown.isClosing; chunk++) {
        const gone = await this.feed.forget(FEED_DAYS, CHUNK_EVENTS);
        events += gone;
        if (gone < CHUNK_EVENTS) break;
      }
      const durationMs = Math.round(performance.now() - startedMs);
      if (events > 0) this.log.line({ outcome: 'forgotten', what: 'feed', events, durationMs });
    } catch (error) {
      this.log.failure(
        'The feed’s oldest events could not be forgotten; tried again later',
        error,
        {},
        'warn',
      );
    } finally {
      this.running = false;
    }
  }
}
