/**
 * The one place where payloads become bytes and bytes become payloads, so that sealing them can be added here and nowhere else
 * (design §8).
 */
export function encodePayload(data: unknown): string {
  return JSON.stringify(data);
}

export type Decoded =
  { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly reason: string };

/**
 * Reads a payload. Never throws: broken JSON and a missing value are values of this world (design §7). A NUL character is refused
 * here, since PostgreSQL cannot store it in text or jsonb.
 */
export function decodePayload(value: Buffer | null): Decoded {
  if (value === null) return { ok: false, reason: 'the record has no value' };
  const text = value.toString('utf8');
  if (text.includes('\\u0000') || text.includes('\u0000')) {
    return { ok: false, reason: 'the payload holds a NUL character' };
  }
  try {
    return { ok: true, data: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, reason: 'the payload is not JSON' };
  }
}
