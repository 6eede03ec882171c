import { findDormant, readDormant, type Reader } from './dormant-person.store.js';
import { judgeRetention, type DormantPerson, type RetentionRules, type RetentionVerdict } from './judge-retention.js'; // prettier-ignore
import type { KeptCounts } from './retention-run.store.js';

const EXAMPLES_MAX = 10;
const CHUNK_PERSONS = 500;

/** Whom a run would erase now, in numbers; of persons no more than a few hub ids. */
export interface RetentionPreview {
  readonly persons: number;
  /** By huvudman that knows the person: those who would be erased, and those whom it would not keep, but another does. */
  readonly huvudmen: Readonly<Record<string, HuvudmanPreview>>;
  /** By reason, those who were looked at and would stay. */
  readonly kept: KeptCounts;
  /** Hub ids of persons without any marking. */
  readonly examples: readonly string[];
  readonly lookedAt: number;
  /** False: ask again with `after=<lookedTo>` for the rest. */
  readonly isWhole: boolean;
  readonly lookedTo: string;
}

interface HuvudmanPreview {
  readonly persons: number;
  readonly keptForAnother: number;
}

/** Asks the rules of a run about everybody after an id, at most so many, and changes nothing. */
export async function previewRetention(
  read: Reader,
  asked: {
    readonly rules: RetentionRules;
    readonly dormantBefore: Date;
    readonly after: string;
    readonly personsMax: number;
  },
): Promise<RetentionPreview> {
  const { rules, dormantBefore: since, personsMax } = asked;
  const tally = new Tally();
  let lookedTo = asked.after;
  let isWhole = false;
  while (!isWhole && tally.lookedAt < personsMax) {
    const ids = await findDormant(read, { after: lookedTo, since, max: CHUNK_PERSONS });
    for (const person of await readDormant(read, ids))
      tally.add(person, judgeRetention(person, rules));
    lookedTo = ids.at(-1) ?? lookedTo;
    isWhole = ids.length < CHUNK_PERSONS;
  }
  const { persons, kept, examples, lookedAt } = tally;
  const huvudmen = Object.fromEntries([...tally.huvudmen].sort(byKey));
  return { persons, huvudmen, kept, examples, lookedAt, isWhole, lookedTo };
}

class Tally {
  persons = 0;
  lookedAt = 0;
  readonly kept: KeptCounts = {};
  readonly examples: string[] = [];
  readonly huvudmen = new Map<string, HuvudmanPreview>();

  add({ id, state }: DormantPerson, { kept, overFor }: RetentionVerdict): void {
    this.lookedAt++;
    if (kept !== undefined) this.kept[kept] = (this.kept[kept] ?? 0) + 1;
    if (kept === 'kept-for-another') for (const one of overFor) this.count(one, 0, 1);
    if (kept !== undefined) return;
    this.persons++;
    for (const one of overFor) this.count(one, 1, 0);
    const isShown = state.securityMarking === 'Ingen' && this.examples.length < EXAMPLES_MAX;
    if (isShown) this.examples.push(id);
  }

  private count(huvudman: string, persons: number, keptForAnother: number): void {
    const known = this.huvudmen.get(huvudman) ?? { persons: 0, keptForAnother: 0 };
    this.huvudmen.set(huvudman, {
      persons: known.persons + persons,
      keptForAnother: known.keptForAnother + keptForAnother,
    });
  }
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
