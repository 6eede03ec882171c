import { sourceUrn } from '#canonical';
import type { InventedEvent } from './invent-events.js';

const BATCH = 'application/cloudevents-batch+json';
const TRIES_MAX = 50;

/** Pushes batches through the door with the credential of each batch's huvudman. */
export class Pusher {
  readonly tokens: (() => Promise<string>)[] = [];
  accepted = 0;
  refused = 0;

  constructor(
    private readonly url: string,
    private readonly run: string,
  ) {}

  /** All events of one call belong to one client. Resolves at the 202; 429 and 503 are waited out as the door asks. */
  async push(events: readonly InventedEvent[]): Promise<void> {
    const body = JSON.stringify(
      events.map(({ number, source, type, data }) => ({
        specversion: '1.0',
        id: `${this.run}-${number}`,
        source: sourceUrn(source),
        type,
        datacontenttype: 'application/json',
        data,
      })),
    );
    for (let attempt = 0; attempt < TRIES_MAX; attempt++) {
      const answer = await fetch(`${this.url}/v1/events`, {
        method: 'POST',
        headers: {
          'content-type': BATCH,
          authorization: `Bearer ${await this.tokens[events[0]!.client]!()}`,
        },
        body,
      });
      if (answer.status === 202) {
        const { accepted } = (await answer.json()) as { accepted: number };
        this.accepted += accepted;
        this.refused += events.length - accepted;
        return;
      }
      const text = await answer.text();
      if (answer.status !== 429 && answer.status !== 503)
        throw new Error(`${answer.status}: ${text.slice(0, 500)}`);
      const seconds = Number(answer.headers.get('retry-after') ?? 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    }
    throw new Error('The door stayed busy.');
  }
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
