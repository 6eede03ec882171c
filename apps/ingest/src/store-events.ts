import { KafkaBusy, type EventProducer } from '#kafka';
import { Problem, PROBLEMS } from '#runtime';
import type { Verdict } from './judge/judge-event.js';

const RETRY_AFTER_SECONDS = 5;

/**
 * Writes the accepted events of one request, in its order, and returns once Kafka has acknowledged all of them.
 *
 * @param gatherMs how long they may wait for those of other requests
 * @throws Problem 503 when it has not: then none is known to be stored and any may be. Sent again with their ids they are
 * recognised, so nothing happens twice.
 */
export async function storeEvents(
  producer: Pick<EventProducer, 'send'>,
  verdicts: readonly Verdict[],
  gatherMs: number,
): Promise<void> {
  const records = verdicts.flatMap((verdict) =>
    verdict.verdict === 'accepted' ? [verdict.record] : [],
  );
  try {
    await producer.send(records, gatherMs);
  } catch (error) {
    if (!(error instanceof KafkaBusy)) throw error;
    throw new Problem(PROBLEMS.unavailable, {
      detail:
        'The events could not be stored just now. Wait as long as Retry-After says and send them again with the same ids.',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
      cause: error,
    });
  }
}
