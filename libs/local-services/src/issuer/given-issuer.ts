import { LocalServiceError } from '../local-service-error.js';
import type { IssuerService } from '../services.js';

const answerMsMax = 5_000;

/**
 * The issuer that OIDC_ISSUER names. Its key address is OIDC_JWKS_URL or else read from its
 * metadata (OpenID Connect Discovery 1.0 §4). Throws `not-answering`.
 */
export async function findGivenIssuer(given: {
  url: string;
  audience: string;
  jwksUrl?: string;
}): Promise<IssuerService> {
  const { url, audience } = given;
  return {
    how: 'env',
    url,
    audience,
    jwksUrl: given.jwksUrl ?? (await discoverJwksUrl(url)),
    registerClient: ({ clientId }) =>
      Promise.reject(
        new LocalServiceError(
          'not-ours',
          `OIDC_ISSUER gave this issuer (${url}), so register the client ${clientId} there.`,
        ),
      ),
    stop: () =>
      Promise.reject(
        new LocalServiceError(
          'not-ours',
          `OIDC_ISSUER gave this issuer (${url}), so stop it where it was started.`,
        ),
      ),
  };
}

async function discoverJwksUrl(issuer: string): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  let cause: unknown;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(answerMsMax) });
    const metadata = (await response.json()) as { jwks_uri?: unknown };
    if (response.ok && typeof metadata.jwks_uri === 'string') return metadata.jwks_uri;
    cause = new Error(`HTTP ${response.status} without jwks_uri`);
  } catch (failure) {
    cause = failure;
  }
  throw new LocalServiceError(
    'not-answering',
    `${address} gives no issuer's metadata: start the issuer that OIDC_ISSUER names, set OIDC_JWKS_URL as well, or unset OIDC_ISSUER to have one started here.`,
    cause,
  );
}
