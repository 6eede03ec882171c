import { hash } from 'node:crypto';
import type { Principal } from './principal.js';

interface Entry {
  readonly principal: Principal;
  readonly untilMs: number;
}

const ENTRIES_MAX = 10_000;
/** As long as the issuer's keys are kept: a withdrawn key is not trusted longer through here. */
const AGE_MS_MAX = 600_000;

/**
 * Remembers verified tokens by their SHA-256 until they expire, the least recently used forgotten first. An ES256
 * signature costs about 70 µs to check, a look here about 1.
 */
export class PrincipalCache {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly entriesMax = ENTRIES_MAX) {}

  get(token: string, nowMs = Date.now()): Principal | undefined {
    const key = keyOf(token);
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    if (entry.untilMs <= nowMs) return undefined;
    this.entries.set(key, entry);
    return entry.principal;
  }

  set(token: string, principal: Principal, nowMs = Date.now()): void {
    const untilMs = Math.min(principal.expiresAt.getTime(), nowMs + AGE_MS_MAX);
    this.entries.set(keyOf(token), { principal, untilMs });
    if (this.entries.size > this.entriesMax) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
  }

  get size(): number {
    return this.entries.size;
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
