import type { PersonAsserted } from '#adapters';

/** One record of one student register, by all that the hub has accepted of it. */
export interface Record {
  /** `source|local id`; with more behind it where nobody is meant by those any more. */
  readonly key: string;
  /** What was heard before, under the same local id, was another's; `since` counts what was heard. */
  readonly anew?: {
    readonly since: number;
    /** Nothing that was said by then is heard of it. */
    readonly forgotten: string;
    readonly eppnsBefore: ReadonlySet<string>;
  };
  /** Whoever was meant has another identity now, under which the register goes on: this is what is left. */
  readonly former?: {
    readonly until: number;
    readonly eppns: ReadonlySet<string>;
    /** Those of them that the register does not go on with. */
    readonly kept: ReadonlySet<string>;
    readonly hasTravelled: boolean;
  };
  readonly huvudman: string;
  /** All that the register has said of it, in no order. */
  readonly words: Word[];
  /** All that it has stated; the last one is the newest. */
  readonly numbers: string[];
  /** Those of them that are somebody else's, as a human has said. */
  readonly nameless: Set<string>;
  readonly names: ReadonlySet<string>;
  readonly born: string | undefined;
}

/** A list of enrolments, or that there is nobody any more. */
export interface Word {
  readonly modified: string;
  readonly list: Pick<PersonAsserted, 'enrolments' | 'eppns' | 'securityMarking'> | undefined;
}

export const MARKINGS = ['Ingen', 'Sekretessmarkering', 'Skyddad folkbokföring'];
export const FULL = 2;

/** A TF number means something to its own huvudman only. */
export function isProvisional(number: string): boolean {
  return /[A-Z]/.test(number);
}

export function isAlike(one: Record, other: Record): boolean {
  return one.born === other.born && [...one.names].some((name) => other.names.has(name));
}

export function isFull(being: readonly Record[]): boolean {
  return being.some((one) => markingOf(one) === FULL);
}

export function markingOf(record: Record): number {
  return record.former ? 0 : markingNumber(newestList(record));
}

export function markingNumber({
  securityMarking,
}: Pick<PersonAsserted, 'securityMarking'>): number {
  return MARKINGS.indexOf(securityMarking ?? 'Ingen');
}

/** What a record stands for, also when its person was dropped since: the last list of all. */
export function newestList({ words }: Record): NonNullable<Word['list']> {
  let newest: Word | undefined;
  for (const word of words) {
    if (word.list !== undefined && word.modified > (newest?.modified ?? '')) newest = word;
  }
  return newest!.list!;
}
