import type { PersonAsserted } from '#adapters';
import { isNamedBy } from './beings.js';
import { isFull, isProvisional, type Record } from './record.js';

export type Answer = 'same-person' | 'different-persons';

export interface Said {
  /** What a human has said of this number. */
  readonly answer: Answer | undefined;
  /** Nothing newer is known of the record, a removal included. */
  readonly isNewest: boolean;
}

/** Another number than before is for a human, but for the personnummer that follows a TF number. */
export function isOtherNumber(
  { civicNo: number, modified }: PersonAsserted,
  told: Record,
  { answer, isNewest }: Said,
): boolean {
  const before = told.numbers.at(-1);
  if (number === undefined || before === undefined || number === before) return false;
  if (isNewest && answer !== undefined) return false;
  return isNewestList(told, modified) ? !isProvisional(before) : !isProvisional(number);
}

/** Whether the number is not the personnummer that the record bears. */
export function isAnotherNumber(number: string | undefined, { numbers }: Record): boolean {
  const before = numbers.at(-1);
  if (number === undefined || before === undefined) return false;
  return number !== before && !isProvisional(before);
}

/** The newest is last. A TF number that comes late does not follow the personnummer. */
export function note(number: string, { numbers }: Record, isLate: boolean): void {
  const index = numbers.indexOf(number);
  if (isProvisional(number) || isLate) {
    if (index < 0) numbers.unshift(number);
    return;
  }
  if (index >= 0) numbers.splice(index, 1);
  numbers.push(number);
}

interface Asking {
  readonly huvudman: string;
  readonly isHidden: boolean;
  readonly own: readonly Record[] | undefined;
}

/** The others whom a number names to a huvudman: those of its own, and of others unless either side is not to be looked for. */
export function holdersOf(
  number: string,
  beings: readonly (readonly Record[])[],
  { huvudman, isHidden, own }: Asking,
): readonly (readonly Record[])[] {
  const holders = beings.filter(
    (being) =>
      being !== own &&
      being.some(
        (one) => isNamedBy(one, number) && (!isProvisional(number) || one.huvudman === huvudman),
      ),
  );
  const isOwn = (being: readonly Record[]): boolean => being.some((one) => one.huvudman === huvudman); // prettier-ignore
  const isAlone =
    isHidden || isProvisional(number) || holders.some((being) => isOwn(being) && isFull(being));
  return holders.filter((being) => isOwn(being) || (!isAlone && !isFull(being)));
}

export function isNewestList({ words }: Record, modified: string): boolean {
  return words.every((word) => word.list === undefined || word.modified < modified);
}
