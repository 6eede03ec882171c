import { Agent, request } from 'node:http';
import { sourceUrn } from '#canonical';
import type { InventedEvent } from './invent-events.js';

const BATCH = 'application/cloudevents-batch+json';
const TRIES_MAX = 50;

/** Pushes batches through the door with the credential of each batch's huvudman. */
export class Pusher {
  readonly tokens: (() => Promise<string>)[] = [];
  accepted = 0;
  refused = 0;
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly url: string,
    readonly run: string,
  ) {}

  /** All events of one call belong to one client. Resolves at the 202; 429 and 503 are waited out as the door asks. */
  async push(events: readonly InventedEvent[]): Promise<void> {
    const body = JSON.stringify(events.map((event) => asCloudEvent(this.run, event)));
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      const answer = await this.post(body, await this.tokens[events[0]!.client]!());
      if (answer.status === 202) {
        const { accepted } = JSON.parse(answer.text) as { accepted: number };
        this.accepted += accepted;
        this.refused += events.length - accepted;
        return;
      }
      if (answer.status !== 429 && answer.status !== 503)
        throw new Error(`${answer.status}: ${answer.text.slice(0, 500)}`);
      await new Promise((resolve) => setTimeout(resolve, answer.retryAfterSeconds * 1_000));
    }
    throw new Error('The door stayed busy.');
  }

  /** By node:http, since `fetch` takes several times as much of the cores that are measured. */
  private async post(body: string, token: string): Promise<Answer> {
    const headers = {
      'content-type': BATCH,
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${token}`,
    };
    const options = { method: 'POST', agent: this.agent, headers };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}/v1/events`, options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode!,
            text: Buffer.concat(chunks).toString('utf8'),
            retryAfterSeconds: Number(answer.headers['retry-after'] ?? 1),
          }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

export interface CloudEvent {
  readonly specversion: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly datacontenttype: string;
  readonly data: unknown;
}

/** As a vendor posts it, in structured form. */
export function asCloudEvent(
  run: string,
  { number, source, type, data }: InventedEvent,
): CloudEvent {
  return {
    specversion: '1.0',
    id: `${run}-${number}`,
    source: sourceUrn(source),
    type,
    datacontenttype: 'application/json',
    data,
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterSeconds: number;
}

/** A client's access token by client credentials, asked for anew before it runs out. */
export function tokenSource(
  issuer: string,
  clientId: string,
  clientSecret: string,
): () => Promise<string> {
  let token = '';
  let endsMs = 0;
  return async () => {
    if (Date.now() < endsMs) return token;
    const answer = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
      },
      body: 'grant_type=client_credentials',
    });
    if (!answer.ok) throw new Error(`The issuer answered ${answer.status}.`);
    const { access_token, expires_in } = (await answer.json()) as {
      access_token: string;
      expires_in: number;
    };
    token = access_token;
    endsMs = Date.now() + (expires_in - 60) * 1_000;
    return token;
  };
}
