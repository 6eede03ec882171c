import type { Record } from './record.js';

/** Whose a record is, only a human can say. */
export class Undecided extends Error {}

/** What humans have said of records: that they are one person, or that they are not. */
export class Ties {
  private joined: (readonly [string, string])[] = [];
  private apart: (readonly [ReadonlySet<string>, ReadonlySet<string>])[] = [];

  /** A human says that the record is whom the others are. */
  join(record: Record, own: readonly Record[], others: readonly Record[]): void {
    this.apart = this.apart.filter(([one, other]) => !(
      (hasAny(one, own) && hasAny(other, others)) || (hasAny(other, own) && hasAny(one, others))
    )); // prettier-ignore
    for (const other of others) this.joined.push([record.key, other.key]);
  }

  /** A human says that the record is not whom the others are. */
  separate({ key }: Record, others: readonly Record[]): void {
    const rest = new Set(others.map((one) => one.key));
    this.joined = this.joined.filter(
      ([one, other]) => !((one === key && rest.has(other)) || (other === key && rest.has(one))),
    );
    this.apart.push([new Set([key]), rest]);
  }

  /** What was said of the one record was said of the other. */
  rename(from: string, to: string): void {
    const renamed = (key: string): string => (key === from ? to : key);
    const renamedAll = (keys: ReadonlySet<string>): Set<string> => new Set([...keys].map(renamed));
    this.joined = this.joined.map(([one, other]) => [renamed(one), renamed(other)]);
    this.apart = this.apart.map(([one, other]) => [renamedAll(one), renamedAll(other)]);
  }

  areJoined(one: Record, other: Record): boolean {
    return this.joined.some(
      ([first, second]) =>
        (first === one.key && second === other.key) || (first === other.key && second === one.key),
    );
  }

  areApart(some: readonly Record[], others: readonly Record[]): boolean {
    return this.apart.some(
      ([one, other]) =>
        (hasAny(one, some) && hasAny(other, others)) ||
        (hasAny(other, some) && hasAny(one, others)),
    );
  }

  /** A third record cannot be both of two whom a human has told apart. */
  checkTogether(groups: readonly (readonly Record[])[]): void {
    if (this.apart.length === 0) return;
    for (const [index, one] of groups.entries()) {
      if (groups.slice(index + 1).some((other) => this.areApart(one, other))) throw new Undecided();
    }
  }

  /** Whether those whom a human has joined are one again once the marking is lifted hangs on whose word lifts it. */
  checkHidden(hidden: readonly (readonly Record[])[]): void {
    const isTied = ({ key }: Record): boolean => this.joined.some((pair) => pair.includes(key));
    if (this.joined.length > 0 && hidden.flat().some(isTied)) throw new Undecided();
  }
}

function hasAny(keys: ReadonlySet<string>, records: readonly Record[]): boolean {
  return records.some(({ key }) => keys.has(key));
}
