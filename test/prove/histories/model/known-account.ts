import type { AccountAsserted } from '#adapters';
import type { Record } from './record.js';

/** An accepted account, and whose it is. */
export interface KnownAccount {
  readonly key: string;
  readonly of: Record;
  readonly fact: AccountAsserted;
}

/** Of each account the newest word. */
export function newestOf(accounts: readonly KnownAccount[]): KnownAccount[] {
  const newest = new Map<string, KnownAccount>();
  for (const one of accounts) {
    if (one.fact.modified > (newest.get(one.key)?.fact.modified ?? '')) newest.set(one.key, one);
  }
  return [...newest.values()];
}

export function eppnsOf(accounts: readonly KnownAccount[]): string[] {
  return accounts.flatMap(({ fact }) => (fact.state === 'deleted' || fact.eppn === null ? [] : [fact.eppn])); // prettier-ignore
}
