import { setTimeout as delay } from 'node:timers/promises';
import type { Setting } from '#canonical';
import type { SourceEvent } from '../systems/source-event.js';
import type { IssuerTokens } from './issuer-tokens.js';

export interface HubAddresses {
  readonly ingest: string;
  readonly dashboard: string;
  readonly publish: string;
}

/** One event as a huvudman's feed gives it. */
export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly sequence: string;
  readonly huvudman: string;
  readonly causationid?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface FeedPage {
  readonly events: readonly ToldEvent[];
  readonly cursor: string;
  readonly more: boolean;
}

/** The hub refused what was sent, and sending it again would change nothing. */
export class RefusedByHub extends Error {
  override readonly name = 'RefusedByHub';
}

const REQUEST_LIMIT_MS = 40_000;
const PAUSE_MS = 500;
const PAUSE_MS_MAX = 10_000;
const BATCH_EVENTS_MAX = 300;
/** For so long a source may be unknown at the door: settings are in force within moments, not at once. */
const SETTINGS_LIMIT_MS = 20_000;

interface Sending {
  readonly clientId: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly mediaType?: string;
  readonly body?: string;
}

/** The hub's doors as a vendor, a subscriber and the operator use them: HTTP and a token, nothing else. */
export class HubClient {
  constructor(
    private readonly addresses: HubAddresses,
    private readonly tokens: IssuerTokens,
    private readonly signal: AbortSignal,
  ) {}

  async putSettings(clientId: string, settings: readonly Setting[]): Promise<void> {
    await this.send(`${this.addresses.dashboard}/v1/settings`, {
      clientId,
      method: 'PUT',
      mediaType: 'application/json',
      body: JSON.stringify(settings),
    });
  }

  /**
   * Pushes events in their order, batch after batch, each until the hub has accepted it.
   * @throws RefusedByHub when the hub refuses one for good; AbortError when the sandbox stops.
   */
  async push(clientId: string, events: readonly SourceEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += BATCH_EVENTS_MAX) {
      const batch = events.slice(start, start + BATCH_EVENTS_MAX);
      const response = await this.send(`${this.addresses.ingest}/v1/events`, {
        clientId,
        method: 'POST',
        mediaType: 'application/cloudevents-batch+json',
        body: JSON.stringify(batch),
      });
      const { refused, events: verdicts } = (await response.json()) as {
        refused: number;
        events: readonly { code?: string }[];
      };
      if (refused === 0) continue;
      const codes = [...new Set(verdicts.flatMap(({ code }) => code ?? []))].join(', ');
      throw new RefusedByHub(`${refused} of ${batch.length} events were refused: ${codes}.`);
    }
  }

  /** One page of a huvudman's feed; waits up to `waitSeconds` for news. */
  async readFeed(
    clientId: string,
    { after, waitSeconds }: { readonly after?: string; readonly waitSeconds: number },
  ): Promise<FeedPage> {
    const query = new URLSearchParams({ limit: '1000', wait: String(waitSeconds) });
    if (after !== undefined) query.set('after', after);
    const url = `${this.addresses.publish}/v1/feed?${query.toString()}`;
    return (await this.send(url, { clientId })).json() as Promise<FeedPage>;
  }

  /** Sends until there is an answer that stands: what is busy, away or not set up yet is asked again. */
  private async send(url: string, sending: Sending): Promise<Response> {
    const startedMs = performance.now();
    for (let attempt = 0; ; attempt++) {
      const response = await this.ask(url, sending);
      if (response?.ok) return response;
      const pauseMs = pauseAfter(response, attempt);
      if (response) {
        const problem = (await response.json().catch(() => ({}))) as Problem;
        if (response.status === 401 && attempt === 0) this.tokens.forget(sending.clientId);
        else if (!mayPass(response.status, problem, performance.now() - startedMs)) {
          throw new RefusedByHub(`${url.split('?')[0]}: ${response.status} ${sentenceOf(problem)}`);
        }
      }
      await delay(pauseMs, undefined, { signal: this.signal });
    }
  }

  /** Undefined when nobody answers. */
  private async ask(url: string, sending: Sending): Promise<Response | undefined> {
    const { clientId, method = 'GET', mediaType, body } = sending;
    const token = await this.tokens.of(clientId);
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]);
    try {
      return await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(mediaType && { 'content-type': mediaType }),
        },
        body,
        signal,
      });
    } catch (error) {
      if (this.signal.aborted) throw error;
      return undefined; // nobody answers: a stage that is starting or was killed comes back
    }
  }
}

interface Problem {
  readonly type?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly detail?: string }[];
}

function mayPass(status: number, { type = '' }: Problem, sinceMs: number): boolean {
  if (status === 429 || status === 503) return true;
  const isSettingUp = type.endsWith(':not-your-source') || type.endsWith(':not-a-subscriber');
  return isSettingUp && sinceMs < SETTINGS_LIMIT_MS;
}

/** RFC 9110 §10.2.3, in seconds; without it a pause that grows. */
function pauseAfter(response: Response | undefined, attempt: number): number {
  const seconds = Number(response?.headers.get('retry-after') ?? NaN);
  if (Number.isFinite(seconds)) return Math.min(seconds * 1_000, PAUSE_MS_MAX);
  return Math.min(PAUSE_MS * 2 ** Math.min(attempt, 6), PAUSE_MS_MAX);
}

function sentenceOf({ detail = 'no problem document', errors = [] }: Problem): string {
  const places = errors.slice(0, 3).map((error) => `${error.pointer ?? ''} ${error.detail ?? ''}`);
  return [detail, ...places].join(' · ');
}
