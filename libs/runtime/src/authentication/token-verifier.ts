import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { Problem } from '../problem/problem.js';
import { PROBLEMS } from '../problem/problems.js';
import { IssuerKeys, IssuerUnavailable } from './issuer-keys.js';
import type { IssuerConfig } from './issuer.config.js';
import type { Principal } from './principal.js';
import { PrincipalCache } from './principal-cache.js';
import { isScope } from './scopes.js';

const TOKEN_LENGTH_MAX = 8_192;
const CLAIM_LENGTH_MAX = 256;
/** A token cannot say by which key it is to be checked (ASVS 5.0 9.1.3). */
const HEADERS_REFUSED = ['jku', 'jwk', 'x5u', 'x5c'] as const;
/** `at+jwt` by RFC 9068 §2.1; many issuers still write JWT or nothing. Other types are other things. */
const TYPES_ACCEPTED = new Set([undefined, 'jwt', 'at+jwt', 'application/at+jwt']);

/** Verifies OAuth 2.0 access tokens that are JWTs (RFC 9068) against one issuer. Real time, not the hub's clock. */
export class TokenVerifier {
  private readonly keys: IssuerKeys;
  private readonly cache = new PrincipalCache();

  constructor(private readonly config: IssuerConfig) {
    this.keys = new IssuerKeys(config);
  }

  /** @throws Problem `token-invalid` (401) that says why, or `issuer-unavailable` (503). */
  async verify(token: string): Promise<Principal> {
    const known = this.cache.get(token);
    if (known !== undefined) return known;
    assertHeader(token);
    const principal = principalOf(await this.verifiedClaims(token));
    this.cache.set(token, principal);
    return principal;
  }

  private async verifiedClaims(token: string): Promise<JWTPayload> {
    const { issuer, audience, algorithms, clockToleranceSeconds } = this.config;
    try {
      const { payload } = await jwtVerify(
        token,
        async (header, input) => this.keys.keyFor(header, input),
        {
          issuer,
          audience,
          algorithms,
          clockTolerance: clockToleranceSeconds,
          requiredClaims: ['exp', 'iss', 'aud'],
        },
      );
      return payload;
    } catch (error) {
      if (error instanceof IssuerUnavailable) {
        throw new Problem(PROBLEMS['issuer-unavailable'], { cause: error });
      }
      if (error instanceof errors.JOSEError) throw invalidToken(reasonOf(error));
      throw error;
    }
  }
}

/** RFC 6750 §3.1. @param reason one sentence, without anything from the token. */
export function invalidToken(reason: string): Problem {
  return new Problem(PROBLEMS['token-invalid'], {
    detail: reason,
    headers: {
      'www-authenticate': `Bearer realm="elevnav", error="invalid_token", error_description="${reason}"`,
    },
  });
}

function assertHeader(token: string): void {
  if (token.length > TOKEN_LENGTH_MAX) throw invalidToken('The token is too long.');
  let header: Readonly<Record<string, unknown>>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw invalidToken('The token is not a signed JWT.');
  }
  const refused = HEADERS_REFUSED.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) {
    throw invalidToken(`The token names its own key by the header ${refused}, which is refused.`);
  }
  const { typ } = header;
  if (!TYPES_ACCEPTED.has(typeof typ === 'string' ? typ.toLowerCase() : undefined)) {
    throw invalidToken('The token is no access token: its type must be at+jwt or JWT.');
  }
}

function principalOf(claims: JWTPayload): Principal {
  // A token bound to a key (RFC 8705, RFC 9449) is worth nothing to who merely bears it.
  if (claims.cnf !== undefined) {
    throw invalidToken('The token is bound to a key, which this interface cannot check.');
  }
  const clientId = text(claims.client_id) ?? text(claims.azp);
  if (clientId === undefined) {
    throw invalidToken('The token does not say which client it was given to (client_id).');
  }
  return Object.freeze({
    clientId,
    subject: text(claims.sub) ?? clientId,
    scopes: Object.freeze(grantedScopes(claims).filter(isScope)),
    role: text(claims.role),
    huvudman: huvudmanOf(claims),
    acr: text(claims.acr),
    expiresAt: new Date((claims.exp ?? 0) * 1_000),
  });
}

/** Who has none is the hub operator's, so what cannot be read must not pass for none. */
function huvudmanOf({ huvudman }: JWTPayload): string | undefined {
  const named = text(huvudman);
  if (huvudman === undefined || named !== undefined) return named;
  throw invalidToken('The claim huvudman must be one text that is not empty, or be left out.');
}

/** `scope` is one string (RFC 8693 §4.2); some issuers write a list, or name it `scp`. */
function grantedScopes(claims: JWTPayload): unknown[] {
  const granted = claims.scope ?? claims.scp;
  if (Array.isArray(granted)) return granted;
  return typeof granted === 'string' ? granted.split(' ') : [];
}

function text(claim: unknown): string | undefined {
  if (typeof claim !== 'string' || claim === '') return undefined;
  if (claim.length > CLAIM_LENGTH_MAX) throw invalidToken('A claim of the token is too long.');
  return claim;
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return 'The token is signed by an algorithm that is not accepted.';
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return 'The signature of the token is wrong.';
  }
  if (error instanceof errors.JWKSNoMatchingKey) return 'The token is signed by an unknown key.';
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return 'The token does not say which key signed it (kid).';
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'nbf') return 'The token is not valid yet.';
    return error.reason === 'missing'
      ? `The token lacks the claim ${error.claim}.`
      : `The token has another ${error.claim} than this interface accepts.`;
  }
  return 'The token is not a well-formed, signed JWT.';
}
