/** Every scope that a token can carry here; whatever else it says is not looked at. */
export const SCOPES = [
  'events:write',
  'feed:read',
  'access:ask',
  'settings:write',
  'admin:read',
  'admin:command',
  /** Beside `admin:read` or `admin:command`: questions that may be about a protected identity. */
  'admin:protected',
] as const;

export type Scope = (typeof SCOPES)[number];

/**
 * What is the hub operator's, over all huvudmän: a token that acts for one of them (claim `huvudman`) is refused it. `admin:command` is
 * not here: which commands are a huvudman's own the dashboard tells.
 */
export const OPERATOR_SCOPES: readonly Scope[] = ['admin:read', 'settings:write'];

export function isScope(value: unknown): value is Scope {
  return (SCOPES as readonly unknown[]).includes(value);
}
