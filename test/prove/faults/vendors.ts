import { setTimeout as pause } from 'node:timers/promises';
import type { LocalServices } from '#local-services';
import { tokenOf } from '#testing';
import type { Ledger } from './ledger.js';
import type { Client } from './pupils.js';
import type { VendorEvent } from './vendor-event.js';

/** So many requests of one client go on at once; each has the objects whose names fall to it, so that their order stays. */
const LANES_PER_CLIENT = 2;
const BATCH_EVENTS_MAX = 100;
const REQUEST_MS_MAX = 25_000;
const RESEND_PAUSE_MS = 250;
const IDLE_MS = 10;
const SECRET = 'a secret for proofs only';

interface Lane {
  readonly client: Client;
  readonly queue: VendorEvent[];
  running: Promise<void> | undefined;
}

/**
 * The vendors: they post batches of CloudEvents with tokens of the real issuer, and send again, with the same ids, whatever got no
 * answer or an answer that asks for it. A refusal is a fault of the proof and ends it.
 */
export class Vendors {
  private readonly lanes = new Map<string, Lane>();
  private readonly tokens = new Map<Client, string>();
  private going = true;
  failure: Error | undefined;

  constructor(
    private readonly url: string,
    private readonly services: LocalServices,
    private readonly ledger: Ledger,
  ) {}

  async register(): Promise<void> {
    for (const clientId of ['vendor-a', 'vendor-b', 'national']) {
      const scopes = ['events:write'];
      await this.services.issuer.registerClient({ clientId, clientSecret: SECRET, scopes });
    }
  }

  /** Events that wait to be sent or answered. */
  get waiting(): number {
    let waiting = 0;
    for (const { queue } of this.lanes.values()) waiting += queue.length;
    return waiting;
  }

  send(event: VendorEvent): void {
    const name = `${event.client}/${hash(event.object) % LANES_PER_CLIENT}`;
    let lane = this.lanes.get(name);
    if (!lane) {
      lane = { client: event.client, queue: [], running: undefined };
      this.lanes.set(name, lane);
    }
    lane.queue.push(event);
    lane.running ??= this.run(lane);
  }

  /** Resolves when everything has been accepted. */
  async drained(): Promise<void> {
    while (this.waiting > 0) {
      if (this.failure) throw this.failure;
      await pause(IDLE_MS);
    }
    if (this.failure) throw this.failure;
  }

  async stop(): Promise<void> {
    this.going = false;
    await Promise.all([...this.lanes.values()].flatMap(({ running }) => running ?? []));
  }

  private async run(lane: Lane): Promise<void> {
    while (this.going && !this.failure) {
      const batch = lane.queue.slice(0, BATCH_EVENTS_MAX);
      if (batch.length === 0) {
        await pause(IDLE_MS);
        continue;
      }
      try {
        if (await this.post(lane.client, batch)) lane.queue.splice(0, batch.length);
        else {
          this.ledger.resent += batch.length;
          await pause(RESEND_PAUSE_MS);
        }
      } catch (error) {
        this.failure = error as Error;
      }
    }
  }

  /** @returns whether all were accepted; false means: send again. */
  private async post(client: Client, batch: readonly VendorEvent[]): Promise<boolean> {
    let response: Response;
    let body: string;
    try {
      response = await fetch(`${this.url}/v1/events`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await this.token(client)}`,
          'content-type': 'application/cloudevents-batch+json',
        },
        body: JSON.stringify(batch.map(structured)),
        signal: AbortSignal.timeout(REQUEST_MS_MAX),
      });
      body = await response.text();
    } catch {
      return false; // the door or the way to it is gone: what is in flight may have been stored or not
    }
    if (response.status === 401) this.tokens.delete(client);
    if (response.status === 401 || response.status === 429 || response.status >= 500) return false;
    const answer = JSON.parse(body) as { accepted?: number };
    if (response.status !== 202 || answer.accepted !== batch.length) {
      throw new Error(`The door refused events of ${client} (${response.status}): ${body}`);
    }
    this.ledger.accept(batch);
    return true;
  }

  private async token(client: Client): Promise<string> {
    const known = this.tokens.get(client);
    if (known) return known;
    const secret = { clientId: client, clientSecret: SECRET };
    const token = await tokenOf(this.services.issuer.url, secret);
    this.tokens.set(client, token);
    return token;
  }
}

function structured({ id, source, type, time, data }: VendorEvent): object {
  return { specversion: '1.0', id, source, type, time, data };
}

function hash(text: string): number {
  let sum = 0;
  for (let index = 0; index < text.length; index++) {
    sum = (Math.imul(sum, 31) + text.charCodeAt(index)) >>> 0;
  }
  return sum;
}
