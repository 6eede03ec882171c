import type { PersonAsserted } from '#adapters';
import { isTravelling } from '../world.js';
import { eppnsOf, newestOf, type KnownAccount } from './known-account.js';
import type { Record } from './record.js';

/**
 * A human has said that the changed number is another identity: the record is a new one from this list on. What is left of the old one
 * goes on being named by the old number.
 *
 * @param of `at`: how much was heard so far.
 */
export function newIdentity(
  { key, huvudman, names, born, numbers, nameless, words }: Record,
  { eppns }: PersonAsserted,
  of: { readonly accounts: readonly KnownAccount[]; readonly at: number },
): { readonly former: Record; readonly anew: Record } {
  const { accounts, at } = of;
  const lists = words.flatMap(({ list }) => list ?? []);
  const all = new Set([...lists.flatMap((list) => list.eppns), ...eppnsOf(accounts)]);
  const taken = [...eppns, ...eppnsOf(newestOf(accounts))];
  const kept = new Set([...all].filter((eppn) => !taken.includes(eppn)));
  const hasTravelled = lists.some(({ enrolments }) => enrolments.some(({ unit }) => isTravelling(unit))); // prettier-ignore
  const forgotten = words.map(({ modified }) => modified).sort().at(-1)!; // prettier-ignore
  return {
    former: {
      key: `${key}|until ${at}`,
      huvudman,
      words: [],
      numbers,
      nameless,
      names: new Set(),
      born: undefined,
      former: { until: at, eppns: all, kept, hasTravelled },
    },
    anew: {
      key,
      huvudman,
      words: [],
      numbers: [],
      nameless: new Set(),
      names,
      born,
      anew: { since: at, forgotten, eppnsBefore: all },
    },
  };
}
