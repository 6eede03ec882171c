import { isAlike, isFull, isProvisional, type Record } from './record.js';
import type { Ties } from './ties.js';

/**
 * Which records are one person: those that state one number and agree on name and birth date; across huvudmän only by a number that
 * is nobody's own, and never with skyddad folkbokföring on either side. Humans have said of some that they are one, or that they are not.
 */
export function beingsOf(records: readonly Record[], ties: Ties): readonly (readonly Record[])[] {
  const within = join(
    records.map((record) => [record]),
    (one, other) => one.huvudman === other.huvudman && (isSame(one, other) || ties.areJoined(one, other)),
    ties,
  ); // prettier-ignore
  const [apart, open] = [within.filter(isFull), within.filter((being) => !isFull(being))];
  ties.checkHidden(apart);
  return [
    ...apart,
    ...join(
      open,
      (one, other) => isSame(one, other, (number) => !isProvisional(number)) || ties.areJoined(one, other),
      ties,
    ),
  ]; // prettier-ignore
}

function isSame(one: Record, other: Record, counts = (_: string): boolean => true): boolean {
  const isShared = one.numbers.some(
    (number) => counts(number) && isNamedBy(one, number) && isNamedBy(other, number),
  );
  return isShared && isAlike(one, other);
}

export function isNamedBy({ numbers, nameless }: Record, number: string): boolean {
  return numbers.includes(number) && !nameless.has(number);
}

/** Puts groups together for as long as two of them have a record each that fit together. */
function join(
  groups: readonly (readonly Record[])[],
  fits: (one: Record, other: Record) => boolean,
  ties: Ties,
): readonly (readonly Record[])[] {
  const joined: Record[][] = [];
  for (const group of groups) {
    const near = joined.filter((other) => other.some((one) => group.some((two) => fits(one, two))));
    const open = near.filter((other) => !ties.areApart(group, other));
    for (const other of open) joined.splice(joined.indexOf(other), 1);
    ties.checkTogether(open);
    joined.push([...open.flat(), ...group]);
  }
  return joined;
}
