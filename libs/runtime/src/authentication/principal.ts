import type { Scope } from './scopes.js';

/** Who calls, as the issuer of the access token says. */
export interface Principal {
  /** The OAuth client: what sources and subscriptions are tied to. */
  readonly clientId: string;
  /** The token's `sub`; the client itself under client credentials. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
  /** Claim `role`, for people at the dashboard. */
  readonly role?: string;
  /** Claim `huvudman`: the organisation that the caller acts for; without it the caller is the hub operator's. */
  readonly huvudman?: string;
  /** Claim `acr`: how the person was authenticated (OpenID Connect Core §2). */
  readonly acr?: string;
  readonly expiresAt: Date;
}
