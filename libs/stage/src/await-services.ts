import { setTimeout as delay } from 'node:timers/promises';
import type { Log, Shutdown } from '#runtime';
import { classifyError } from './classify-error.js';

const PAUSE_MS = 1_000;

export interface AwaitOptions {
  readonly limitMs: number;
  readonly log: Log;
  readonly shutdown: Shutdown;
}

/** Does, at the start of a process, what needs Kafka or PostgreSQL: again and again while they are away. */
export type WhenServicesAnswer = <T>(
  service: 'Kafka' | 'PostgreSQL',
  work: () => Promise<T>,
) => Promise<T>;

/**
 * A process that starts while Kafka or PostgreSQL is away waits for it, and says so: services that start together need no order.
 *
 * What `work` throws when the limit is over, when the process stops, or when it is anything but a service that is away, comes out
 * unchanged.
 */
export function awaitServices({ limitMs, log, shutdown }: AwaitOptions): WhenServicesAnswer {
  return async (service, work) => {
    const endsMs = performance.now() + limitMs;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const isOver = shutdown.isClosing || performance.now() > endsMs;
        if (isOver || classifyError(error) !== 'busy') throw error;
        log.failure(`Waits for ${service} before it can start`, error, {}, 'warn');
      }
      await delay(PAUSE_MS, undefined, { signal: shutdown.signal }).catch(() => undefined);
    }
  };
}
