import { ClientBuckets, Problem, PROBLEMS } from '#runtime';
import type { IngestConfig } from './ingest.config.js';

/**
 * How much each client, and all together, may ask of this process: requests at once, and events a second by a token bucket (so many
 * after a rest, so many in the long run). Every process counts for itself.
 */
export class ClientLimits {
  /** How many pushes of each client are under way. */
  private readonly requestsOf = new Map<string, number>();
  private readonly buckets: ClientBuckets;
  private requests = 0;

  constructor(
    private readonly config: Pick<
      IngestConfig,
      | 'requestsMax'
      | 'clientRequestsMax'
      | 'clientEventsPerSecond'
      | 'clientEventsBurst'
      | 'eventsMax'
    >,
    nowMs?: () => number,
  ) {
    // A whole batch always fits, else it could never be sent.
    const burst = Math.max(config.clientEventsBurst, config.eventsMax);
    this.buckets = new ClientBuckets({ perSecond: config.clientEventsPerSecond, burst }, nowMs);
  }

  /**
   * Lets a request in before anything of its body is read.
   *
   * @returns how to let it out again, to be called once.
   * @throws Problem 429 when the client, 503 when the process has enough to do.
   */
  enter(clientId: string): () => void {
    if (this.requests >= this.config.requestsMax) {
      throw new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 1 });
    }
    const requests = this.requestsOf.get(clientId) ?? 0;
    if (requests >= this.config.clientRequestsMax) {
      throw new Problem(PROBLEMS['too-many-requests'], {
        detail: `At most ${this.config.clientRequestsMax} requests of one client run at once; wait for answers.`,
        retryAfterSeconds: 1,
      });
    }
    this.assertTokens(clientId, 1);
    this.requestsOf.set(clientId, requests + 1);
    this.requests += 1;
    return () => this.leave(clientId);
  }

  /**
   * Takes the events of one request from the client's bucket, all or none.
   *
   * @throws Problem 429 that says when there will be enough.
   */
  take(clientId: string, events: number): void {
    this.assertTokens(clientId, events);
    this.buckets.take(clientId, events);
  }

  /**
   * Takes the events of one chunk of a stream, which is slowed down instead of refused.
   *
   * @returns how long to wait before they are handled, in milliseconds.
   */
  takeInAdvance(clientId: string, events: number): number {
    return this.buckets.take(clientId, events) * 1_000;
  }

  private assertTokens(clientId: string, events: number): void {
    const seconds = this.buckets.secondsUntil(clientId, events);
    if (seconds === 0) return;
    throw new Problem(PROBLEMS['too-many-requests'], {
      detail: `A client may push ${this.config.clientEventsPerSecond} events a second in the long run.`,
      retryAfterSeconds: seconds,
    });
  }

  private leave(clientId: string): void {
    this.requests -= 1;
    const requests = this.requestsOf.get(clientId)! - 1;
    if (requests > 0) this.requestsOf.set(clientId, requests);
    else this.requestsOf.delete(clientId);
  }
}
