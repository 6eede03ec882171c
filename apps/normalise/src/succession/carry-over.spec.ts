import fc from 'fast-check';
import { holderOf, ownerSpans, partsOf, yieldToOwner, type Carried, type OwnerSpan } from './carry-over.js'; // prettier-ignore

const OWNERS: OwnerSpan[] = [
  { huvudman: 'kommunen1', since: '' },
  { huvudman: 'friskola1', since: '2027-01-01' },
];
const ID = '4b9a6a1c-0000-5000-8000-000000000001';
const thing = (more: Partial<Carried> = {}): Carried => ({
  id: ID,
  huvudman: 'kommunen1',
  schoolUnit: '31279295',
  startDate: '2026-08-17',
  ...more,
});
const told = (parts: readonly Carried[]): string[] =>
  parts.map(({ huvudman, startDate, endDate }) => `${huvudman} ${startDate}..${endDate ?? ''}`);

describe('what is at a unit that has gone to another owner', () => {
  it('is the former owner’s until the day before, and the new one’s from then on', () => {
    const parts = partsOf(thing({ endDate: '2027-06-11', endReason: 'completed' }), OWNERS);
    expect(told(parts)).toEqual([
      'kommunen1 2026-08-17..2026-12-31',
      'friskola1 2027-01-01..2027-06-11',
    ]);
    expect(parts[0]).toMatchObject({ id: ID });
    expect(parts[0]).not.toHaveProperty('endReason');
    expect(parts[1]).toMatchObject({
      endReason: 'completed',
      carriedFrom: { id: ID, huvudman: 'kommunen1' },
    });
    expect(partsOf(thing({ endDate: '2027-06-11' }), OWNERS)[1]!.id).toBe(parts[1]!.id);
  });

  it('and was over before stays the former owner’s; what was planned for later is the new one’s', () => {
    const past = thing({ endDate: '2026-12-31' });
    expect(partsOf(past, OWNERS)).toEqual([past]);
    expect(told(partsOf(thing({ startDate: '2027-08-17' }), OWNERS))).toEqual([
      'friskola1 2027-08-17..',
    ]);
  });

  it('never goes back: what the new owner says of an earlier time is its own', () => {
    const backdated = thing({ huvudman: 'friskola1' });
    expect(partsOf(backdated, OWNERS)).toEqual([backdated]);
    const stranger = thing({ huvudman: 'stiftelse1' });
    expect(partsOf(stranger, OWNERS)).toEqual([stranger]);
  });

  it('goes on to the next owner, and home when the unit comes back', () => {
    const owners = [...OWNERS, { huvudman: 'kommunen1', since: '2027-07-01' }];
    const parts = partsOf(thing(), owners);
    expect(told(parts)).toEqual([
      'kommunen1 2026-08-17..2026-12-31',
      'friskola1 2027-01-01..2027-06-30',
      'kommunen1 2027-07-01..',
    ]);
    expect(new Set(parts.map(({ id }) => id)).size).toBe(3);
  });

  it('leaves no day out and counts none twice', () => {
    const day = fc
      .integer({ min: 0, max: 1_000 })
      .map((days) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10));
    const spans = fc
      .uniqueArray(day, { minLength: 1, maxLength: 4 })
      .map((days) => [
        { huvudman: 'h0', since: '' },
        ...days.sort().map((since, index) => ({ huvudman: `h${(index + 1) % 3}`, since })),
      ]);
    fc.assert(
      fc.property(spans, day, fc.option(day, { nil: undefined }), (owners, startDate, last) => {
        if (last !== undefined && last < startDate) return;
        const parts = partsOf(
          thing({ huvudman: 'h0', startDate, ...(last && { endDate: last }) }),
          owners,
        );
        expect(parts[0]!.startDate).toBe(startDate);
        expect(parts.at(-1)!.endDate).toBe(last);
        for (const [index, part] of parts.slice(1).entries()) {
          const before = Date.parse(parts[index]!.endDate!);
          expect(Date.parse(part.startDate)).toBe(before + 86_400_000);
        }
      }),
    );
  });
});

describe('the new owner’s own word', () => {
  const carried = partsOf(thing(), OWNERS);
  const own = (startDate: string, more: Partial<Carried> = {}) =>
    thing({ id: 'own', huvudman: 'friskola1', startDate, ...more });
  const place = ({ schoolUnit }: Carried) => schoolUnit;

  it('takes the place of what was carried over, from the day that it names', () => {
    expect(told(yieldToOwner([...carried, own('2026-08-17')], place))).toEqual([
      'kommunen1 2026-08-17..2026-12-31',
      'friskola1 2026-08-17..',
    ]);
    expect(told(yieldToOwner([...carried, own('2027-01-11')], place))).toEqual([
      'kommunen1 2026-08-17..2026-12-31',
      'friskola1 2027-01-01..2027-01-10',
      'friskola1 2027-01-11..',
    ]);
  });

  it('of another unit, or of an earlier stay, changes nothing', () => {
    const elsewhere = [...carried, own('2027-01-01', { schoolUnit: '12345674' })];
    expect(yieldToOwner(elsewhere, place)).toEqual(elsewhere);
    const earlier = [...carried, own('2024-08-17', { endDate: '2025-06-11' })];
    expect(yieldToOwner(earlier, place)).toEqual(earlier);
  });
});

describe('the owners of a unit as huvudmän of the hub', () => {
  const huvudmen: Record<string, string> = { '2120000001': 'kommunen1', '5560000001': 'friskola1' };
  const owner = (organisationNumber: string, day: string) => ({
    organisationNumber,
    since: `${day}T23:30:00.000000Z`,
  });
  const spansOf = (...owners: ReturnType<typeof owner>[]) =>
    ownerSpans(owners, (number) => huvudmen[number]);

  it('count by the day in Sweden', () => {
    expect(spansOf(owner('2120000001', '2026-01-01'), owner('5560000001', '2026-12-31'))).toEqual(
      OWNERS,
    );
  });

  it('leave out those who are none of the hub’s: until another is, the unit stays where it was', () => {
    const stranger = owner('8020000001', '2026-06-30');
    const spans = spansOf(owner('2120000001', '2026-01-01'), stranger, owner('5560000001', '2026-12-31')); // prettier-ignore
    expect(spans).toEqual(OWNERS);
    expect(spansOf(owner('2120000001', '2026-01-01'), stranger)).toHaveLength(1);
  });

  it('say whose a group is: the last one’s in its time', () => {
    const ownersOf = () => OWNERS;
    expect(holderOf(thing(), ownersOf)).toBe('friskola1');
    expect(holderOf(thing({ endDate: '2026-12-31' }), ownersOf)).toBe('kommunen1');
    expect(holderOf({ ...thing(), schoolUnit: undefined }, ownersOf)).toBe('kommunen1');
  });
});
