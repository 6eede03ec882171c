import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
} from 'jose';
import type { IssuerConfig } from './issuer.config.js';

/** The issuer's keys cannot be had: says nothing about the token. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
  readonly code = 'issuer-unavailable';
}

type KeySet = ReturnType<typeof createRemoteJWKSet>;
type Settings = Pick<IssuerConfig, 'issuer' | 'jwksUrl' | 'allowHttp'>;

const FETCH_LIMIT_MS = 5_000;
/** Keys are fetched anew after 10 min, and for an unknown key id at most every 30 s. */
const KEYS_AGE_MS_MAX = 600_000;
const UNKNOWN_KEY_PAUSE_MS = 30_000;
/** After a failure the issuer is left alone for a second, however many requests wait for it. */
const FAILURE_PAUSE_MS = 1_000;
const DOCUMENT_BYTES_MAX = 256 * 1024;

/** Finds the issuer's public keys, by discovery unless their address is set, and keeps them. */
export class IssuerKeys {
  private keySet: Promise<KeySet> | undefined;
  private failure: { readonly error: IssuerUnavailable; readonly untilMs: number } | undefined;

  constructor(private readonly settings: Settings) {
    assertSafeAddress(settings.issuer, settings, 'OIDC_ISSUER');
    if (settings.jwksUrl !== undefined) {
      assertSafeAddress(settings.jwksUrl, settings, 'OIDC_JWKS_URL');
    }
  }

  /**
   * @throws IssuerUnavailable when the issuer does not answer.
   * @throws errors.JOSEError when it answers and has no key for this token.
   */
  async keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (this.failure !== undefined && performance.now() < this.failure.untilMs) {
      throw this.failure.error;
    }
    try {
      this.keySet ??= this.openKeySet();
      return await (
        await this.keySet
      )(header, token);
    } catch (error) {
      if (isAboutTheToken(error)) throw error;
      throw this.failed(error);
    }
  }

  private failed(cause: unknown): IssuerUnavailable {
    const error = new IssuerUnavailable("The issuer's keys cannot be had.", { cause });
    this.failure = { error, untilMs: performance.now() + FAILURE_PAUSE_MS };
    return error;
  }

  private async openKeySet(): Promise<KeySet> {
    try {
      const address = this.settings.jwksUrl ?? (await this.discover());
      return createRemoteJWKSet(new URL(address), {
        timeoutDuration: FETCH_LIMIT_MS,
        cooldownDuration: UNKNOWN_KEY_PAUSE_MS,
        cacheMaxAge: KEYS_AGE_MS_MAX,
        [customFetch]: fetchLimited,
      });
    } catch (error) {
      this.keySet = undefined;
      throw error;
    }
  }

  /** OpenID Connect Discovery 1.0 §4: the document must name the issuer that it was asked from. */
  private async discover(): Promise<string> {
    const { issuer } = this.settings;
    const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetchLimited(address, { signal: AbortSignal.timeout(FETCH_LIMIT_MS) });
    if (!response.ok) throw new Error(`Discovery at the issuer answered ${response.status}.`);
    const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown } | null;
    if (document?.issuer !== issuer)
      throw new Error('The discovery document names another issuer.');
    if (typeof document.jwks_uri !== 'string') {
      throw new Error('The discovery document has no jwks_uri.');
    }
    assertSafeAddress(document.jwks_uri, this.settings, 'jwks_uri of the issuer');
    return document.jwks_uri;
  }
}

/** No redirects are followed, and no more is read than a key set can be. */
async function fetchLimited(address: string, init: RequestInit): Promise<Response> {
  const response = await fetch(address, { ...init, redirect: 'manual' });
  if (response.body === null) return response;
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    bytes += part.byteLength;
    if (bytes > DOCUMENT_BYTES_MAX) throw new Error("The issuer's document is too large.");
    parts.push(part);
  }
  const { status, headers } = response;
  return new Response(Buffer.concat(parts), { status, headers });
}

function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

function assertSafeAddress(address: string, settings: Settings, what: string): void {
  const url = new URL(address);
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && (isHere || settings.allowHttp))) {
    return;
  }
  throw new Error(`${what} must be an https address, or set OIDC_ALLOW_HTTP in a closed network.`);
}
