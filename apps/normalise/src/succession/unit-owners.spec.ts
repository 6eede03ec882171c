import fc from 'fast-check';
import { isSameSuccession, mayAssert, noteOwner, type UnitOwner } from './unit-owners.js';

const MUNICIPALITY = '2120000001';
const COMPANY = '5560000001';
const FOUNDATION = '8020000001';
const at = (day: number): string => `2027-01-${String(day).padStart(2, '0')}T03:00:00.000000Z`;

/** What the register is read to say, in this order of arrival: day and owner. */
function read(...readings: readonly (readonly [day: number, owner: string])[]): UnitOwner[] {
  let owners: readonly UnitOwner[] = [];
  let latest = 0;
  for (const [day, organisationNumber] of readings) {
    const isNewest = day > latest;
    owners = noteOwner(owners, { organisationNumber, since: at(day), isNewest }, at(latest));
    latest = Math.max(latest, day);
  }
  return [...owners];
}
const owner = (day: number, organisationNumber: string) => ({ organisationNumber, since: at(day) });

describe('who owns a school unit', () => {
  it('is whoever the register names, since the first reading that named them', () => {
    expect(read([1, MUNICIPALITY], [2, MUNICIPALITY], [10, COMPANY], [12, COMPANY])).toEqual([
      owner(1, MUNICIPALITY),
      owner(10, COMPANY),
    ]);
  });

  it('is known since an earlier day when an older reading comes late', () => {
    expect(read([1, MUNICIPALITY], [12, COMPANY], [10, COMPANY])).toEqual([
      owner(1, MUNICIPALITY),
      owner(10, COMPANY),
    ]);
    expect(read([12, COMPANY], [1, MUNICIPALITY])).toEqual([
      owner(1, MUNICIPALITY),
      owner(12, COMPANY),
    ]);
  });

  it('has followed nobody when only an older reading of the same owner comes', () => {
    const [before, after] = [read([5, MUNICIPALITY]), read([5, MUNICIPALITY], [1, MUNICIPALITY])];
    expect(after).toEqual([owner(1, MUNICIPALITY)]);
    expect(isSameSuccession(before, after)).toBe(true);
    const moved = read([1, MUNICIPALITY], [12, COMPANY], [10, COMPANY]);
    expect(isSameSuccession(read([1, MUNICIPALITY], [12, COMPANY]), moved)).toBe(false);
  });

  it('was another for a while when a late reading says so', () => {
    expect(read([1, MUNICIPALITY], [20, MUNICIPALITY], [10, COMPANY])).toEqual([
      owner(1, MUNICIPALITY),
      owner(10, COMPANY),
      owner(20, MUNICIPALITY),
    ]);
  });

  it('hangs on what the register said, not on the order in which it came', () => {
    const once = fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 10, max: 19 }));
    fc.assert(
      fc.property(once, fc.integer({ min: 20, max: 28 }), ([first, second], third) => {
        const readings = [
          [1, MUNICIPALITY],
          [first, COMPANY],
          [second, COMPANY],
          [third, FOUNDATION],
        ] as const;
        for (const order of permutations(readings)) {
          expect(read(...order)).toEqual(read(...readings));
        }
      }),
    );
  });
});

describe('a source at a unit that has gone to another owner', () => {
  const owners = read([1, MUNICIPALITY], [10, COMPANY]);
  const spoken = (startDate: string, day: number) => ({ startDate, modified: at(day) });

  it('of the new owner may speak of anything there, of the former one only of its own time', () => {
    expect(mayAssert(owners, COMPANY, spoken('2024-08-19', 11))).toBe(true);
    expect(mayAssert(owners, MUNICIPALITY, spoken('2027-01-09', 20))).toBe(true);
    expect(mayAssert(owners, MUNICIPALITY, spoken('2027-01-10', 20))).toBe(false);
    expect(mayAssert(owners, FOUNDATION, spoken('2024-08-19', 11))).toBe(false);
    expect(mayAssert(owners, undefined, spoken('2024-08-19', 11))).toBe(false);
  });

  it('of the former one is heard when it spoke in its own time, however late that comes', () => {
    expect(mayAssert(owners, MUNICIPALITY, spoken('2027-08-17', 9))).toBe(true);
    expect(mayAssert(owners, MUNICIPALITY, spoken('2027-08-17', 10))).toBe(false);
  });
});

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  );
}
