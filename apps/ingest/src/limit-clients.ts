import { Problem, PROBLEMS } from '#runtime';
import type { IngestConfig } from './ingest.config.js';

interface Client {
  requests: number;
  tokens: number;
  filledAtMs: number;
}

/** A client that has been at rest this long has a full bucket, and need not be remembered. */
const CLIENTS_REMEMBERED_MAX = 10_000;

/**
 * How much each client, and all together, may ask of this process: requests at once, and events a second by a token bucket (so many
 * after a rest, so many in the long run). Every process counts for itself.
 */
export class ClientLimits {
  private readonly clients = new Map<string, Client>();
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
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

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
    const client = this.client(clientId);
    if (client.requests >= this.config.clientRequestsMax) {
      throw new Problem(PROBLEMS['too-many-requests'], {
        detail: `At most ${this.config.clientRequestsMax} requests of one client run at once; wait for answers.`,
        retryAfterSeconds: 1,
      });
    }
    if (this.tokensOf(client) < 1) throw this.tooManyEvents(client, 1);
    client.requests += 1;
    this.requests += 1;
    return () => {
      client.requests -= 1;
      this.requests -= 1;
    };
  }

  /**
   * Takes the events of one request from the client's bucket, all or none.
   *
   * @throws Problem 429 that says when there will be enough.
   */
  take(clientId: string, events: number): void {
    const client = this.client(clientId);
    if (this.tokensOf(client) < events) throw this.tooManyEvents(client, events);
    client.tokens -= events;
  }

  /**
   * Takes the events of one chunk of a stream, which is slowed down instead of refused.
   *
   * @returns how long to wait before they are handled, in milliseconds.
   */
  takeInAdvance(clientId: string, events: number): number {
    const client = this.client(clientId);
    client.tokens = this.tokensOf(client) - events;
    return client.tokens >= 0 ? 0 : (-client.tokens / this.config.clientEventsPerSecond) * 1_000;
  }

  private tooManyEvents(client: Client, events: number): Problem {
    const seconds = (events - client.tokens) / this.config.clientEventsPerSecond;
    return new Problem(PROBLEMS['too-many-requests'], {
      detail: `A client may push ${this.config.clientEventsPerSecond} events a second in the long run.`,
      retryAfterSeconds: seconds,
    });
  }

  private tokensOf(client: Client): number {
    const now = this.nowMs();
    const gained = ((now - client.filledAtMs) / 1_000) * this.config.clientEventsPerSecond;
    client.tokens = Math.min(this.capacity, client.tokens + gained);
    client.filledAtMs = now;
    return client.tokens;
  }

  /** A whole batch always fits, else it could never be sent. */
  private get capacity(): number {
    return Math.max(this.config.clientEventsBurst, this.config.eventsMax);
  }

  private client(clientId: string): Client {
    const known = this.clients.get(clientId);
    if (known !== undefined) return known;
    if (this.clients.size >= CLIENTS_REMEMBERED_MAX) this.forgetRested();
    const client = { requests: 0, tokens: this.capacity, filledAtMs: this.nowMs() };
    this.clients.set(clientId, client);
    return client;
  }

  private forgetRested(): void {
    for (const [clientId, client] of this.clients) {
      if (client.requests === 0 && this.tokensOf(client) >= this.capacity) {
        this.clients.delete(clientId);
      }
    }
  }
}
