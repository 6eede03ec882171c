import { isAlike, isFull, isProvisional, type Record } from './record.js';

/**
 * Which records are one person: those that state one number and agree on name and birth date; across huvudmän only by a number that
 * is nobody's own, and never with skyddad folkbokföring on either side.
 */
export function beingsOf(records: readonly Record[]): readonly (readonly Record[])[] {
  const within = join(records.map((record) => [record]), (one, other) => one.huvudman === other.huvudman && isSame(one, other)); // prettier-ignore
  const [apart, open] = [within.filter(isFull), within.filter((being) => !isFull(being))];
  return [
    ...apart,
    ...join(open, (one, other) => isSame(one, other, (number) => !isProvisional(number))),
  ];
}

function isSame(one: Record, other: Record, counts = (_: string): boolean => true): boolean {
  const isShared = one.numbers.some((number) => counts(number) && other.numbers.includes(number));
  return isShared && isAlike(one, other);
}

/** Puts groups together for as long as two of them have a record each that fit together. */
function join(
  groups: readonly (readonly Record[])[],
  fits: (one: Record, other: Record) => boolean,
): readonly (readonly Record[])[] {
  const joined: Record[][] = [];
  for (const group of groups) {
    const near = joined.filter((other) => other.some((one) => group.some((two) => fits(one, two))));
    for (const other of near) joined.splice(joined.indexOf(other), 1);
    joined.push([...near.flat(), ...group]);
  }
  return joined;
}
