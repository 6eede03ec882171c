import type { Credentials } from './credentials.js';

/** A token is fetched anew this long before it ends. */
const SPARE_MS = 60_000;
const REQUEST_LIMIT_MS = 10_000;

/** Access tokens by client credentials (RFC 6749 §4.4), kept until shortly before they end. */
export class IssuerTokens {
  private readonly kept = new Map<string, { readonly token: Promise<string>; endsMs: number }>();
  private endpoint: Promise<string> | undefined;

  constructor(
    private readonly issuer: string,
    private readonly credentials: Credentials,
  ) {}

  of(clientId: string): Promise<string> {
    const known = this.kept.get(clientId);
    if (known && Date.now() < known.endsMs) return known.token;
    const entry = { token: this.fetch(clientId), endsMs: Infinity };
    this.kept.set(clientId, entry);
    entry.token.catch(() => this.forget(clientId));
    return entry.token;
  }

  /** The next one who asks gets a new token: this one was refused. */
  forget(clientId: string): void {
    this.kept.delete(clientId);
  }

  private async fetch(clientId: string): Promise<string> {
    const { clientSecret } = this.credentials.of(clientId);
    const basic = Buffer.from(
      `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`,
    );
    const response = await fetch(await this.tokenEndpoint(), {
      method: 'POST',
      headers: {
        authorization: `Basic ${basic.toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    if (!response.ok) {
      throw new Error(
        `The issuer gave "${clientId}" no token (${response.status}): register the clients of ${this.credentials.path} there.`,
      );
    }
    const answer = (await response.json()) as { access_token: string; expires_in: number };
    const entry = this.kept.get(clientId);
    if (entry) entry.endsMs = Date.now() + answer.expires_in * 1_000 - SPARE_MS;
    return answer.access_token;
  }

  private tokenEndpoint(): Promise<string> {
    this.endpoint ??= this.discover().catch((error: unknown) => {
      this.endpoint = undefined;
      throw error;
    });
    return this.endpoint;
  }

  /** OpenID Connect Discovery 1.0 §4. */
  private async discover(): Promise<string> {
    const response = await fetch(`${this.issuer}/.well-known/openid-configuration`, {
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    return ((await response.json()) as { token_endpoint: string }).token_endpoint;
  }
}
