import { hash } from 'node:crypto';
import { registerIssuerClient } from '#local-services';
import { sharedServices, testDirectory } from './testing.config.js';

/**
 * An access token of the test services' issuer, for a client with these scopes, which is registered first. Specs that run side by side and
 * use the same client must ask for the same scopes and claims.
 */
export async function accessToken(
  clientId: string,
  scopes: readonly string[],
  claims?: Readonly<Record<string, string>>,
): Promise<string> {
  const { OIDC_ISSUER: issuer } = sharedServices();
  const clientSecret = hash('sha256', `${testDirectory()} ${clientId}`, 'base64url');
  await registerIssuerClient(testDirectory(), {
    clientId,
    clientSecret,
    scopes: [...scopes],
    ...(claims && { claims: { ...claims } }),
  });
  return tokenOf(issuer, { clientId, clientSecret });
}

/** An access token for a client that the issuer knows, with all the scopes that it may ask for. */
export async function tokenOf(
  issuer: string,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Promise<string> {
  const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { token_endpoint: endpoint } = (await discovery.json()) as { token_endpoint: string };
  const credential = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credential).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const answer = (await response.json()) as { access_token?: string };
  if (!answer.access_token) throw new Error(`The issuer gave no token: ${JSON.stringify(answer)}`);
  return answer.access_token;
}
