import { hash } from 'node:crypto';
import type { RegisterKeys } from '../../../apps/normalise/src/register/register-keys.js';

const KEY = Buffer.alloc(1);

/**
 * Keys that hide nothing: what is proven is who may see what, not how well it is sealed, and a history must be cheap. Digests are
 * of purpose and text, so that equal texts of different purposes differ, as under real keys.
 */
export const CHEAP_KEYS: RegisterKeys = {
  digest: (purpose, text) => hash('sha1', `${purpose}\n${text}`, 'hex'),
  newPersonKey: () => KEY,
  seal: (_wrappedKey, _personId, plaintext) => Buffer.from(plaintext),
  open: (_wrappedKey, _personId, sealed) => sealed.toString(),
};

const ids = new Map<string, string>();
const IDS_KEPT = 50_000;

/** The id by which a huvudman knows a thing of the hub's: readable, so that a story shows whose it is. */
export function publicIdOf(huvudman: string, hubId: string): string {
  const key = `${huvudman}/${hubId}`;
  let id = ids.get(key);
  if (id === undefined) {
    if (ids.size > IDS_KEPT) ids.clear();
    ids.set(key, (id = `${huvudman}~${hash('sha1', key, 'hex').slice(0, 12)}`));
  }
  return id;
}
