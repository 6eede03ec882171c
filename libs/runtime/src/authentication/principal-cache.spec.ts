import type { Principal } from './principal.js';
import { PrincipalCache } from './principal-cache.js';

const NOW = Date.parse('2026-03-02T12:00:00Z');

function expiring(seconds: number): Principal {
  const expiresAt = new Date(NOW + seconds * 1_000);
  return { clientId: 'register', subject: 'register', scopes: [], expiresAt };
}

describe('the memory of verified tokens', () => {
  it('lasts until the token expires', () => {
    const cache = new PrincipalCache();
    const principal = expiring(60);
    cache.set('token', principal, NOW);
    expect(cache.get('token', NOW + 59_999)).toBe(principal);
    expect(cache.get('token', NOW + 60_000)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('lasts no longer than the keys it was checked by', () => {
    const cache = new PrincipalCache();
    cache.set('token', expiring(86_400), NOW);
    expect(cache.get('token', NOW + 599_999)).toBeDefined();
    expect(cache.get('token', NOW + 600_000)).toBeUndefined();
  });

  it('forgets the least recently used first', () => {
    const cache = new PrincipalCache(2);
    cache.set('a', expiring(60), NOW);
    cache.set('b', expiring(60), NOW);
    cache.get('a', NOW);
    cache.set('c', expiring(60), NOW);
    expect(['a', 'b', 'c'].map((token) => cache.get(token, NOW) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });
});
