import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Log, Shutdown } from '#runtime';
import { PublishConfig } from '../publish.config.js';
import { isAfter, type FeedPlace } from './feed-cursor.js';
import { FeedStore } from './feed.store.js';

interface Waiter {
  readonly huvudman: string;
  readonly after: FeedPlace;
  readonly wake: () => void;
}

/**
 * Readers that wait for news. One question to PostgreSQL per interval serves them all, however many they are; nobody is asked for
 * when nobody waits. (The relay that writes the feed may run in another process, so this one cannot simply be told.)
 */
@Injectable()
export class FeedWatch implements OnModuleDestroy {
  private readonly waiters = new Set<Waiter>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly feed: FeedStore,
    private readonly config: PublishConfig,
    private readonly log: Log,
    shutdown: Shutdown,
  ) {
    shutdown.signal.addEventListener('abort', () => this.wakeAll(), { once: true });
  }

  /** True while one more reader may wait. */
  get hasRoom(): boolean {
    return this.waiters.size < this.config.feedWaitersMax;
  }

  /** Resolves when there may be something after this place, when the time is over, or when the stage stops. */
  async news(huvudman: string, after: FeedPlace, limitMs: number): Promise<void> {
    let limit: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        huvudman,
        after,
        wake: () => {
          clearTimeout(limit);
          this.waiters.delete(waiter);
          resolve();
        },
      };
      limit = setTimeout(waiter.wake, limitMs);
      this.waiters.add(waiter);
      this.lookSoon();
    });
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
    this.wakeAll();
  }

  private wakeAll(): void {
    for (const waiter of [...this.waiters]) waiter.wake();
  }

  private lookSoon(): void {
    this.timer ??= setTimeout(() => {
      this.look()
        .catch((error: unknown) => {
          // Whoever waits asks again and is told what is wrong; here nothing is lost.
          this.log.failure('The feed could not be looked at', error, {}, 'warn');
          this.wakeAll();
        })
        .finally(() => {
          this.timer = undefined;
          if (this.waiters.size > 0) this.lookSoon();
        });
    }, this.config.feedLookIntervalMs);
  }

  private async look(): Promise<void> {
    const huvudmen = [...new Set([...this.waiters].map(({ huvudman }) => huvudman))];
    if (huvudmen.length === 0) return;
    const ends = new Map(
      (await this.feed.ends(huvudmen)).map(({ huvudman, end }) => [huvudman, end]),
    );
    for (const waiter of [...this.waiters]) {
      const end = ends.get(waiter.huvudman);
      if (end && isAfter(end, waiter.after)) waiter.wake();
    }
  }
}
