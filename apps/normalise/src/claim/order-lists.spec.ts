import fc from 'fast-check';
import type { Enrolment } from '#canonical';
import type { ClaimContent } from './claim-content.js';
import type { AssertedEnrolment, MatchingTerms } from './match-enrolments.js';
import { addNewestList, addNewestRemoval, addOlderList, addOlderRemoval, LIST_DAYS_MAX, newestListAt, passList, type HeldLists } from './order-lists.js'; // prettier-ignore

const HERE = '31279295';
const THERE = '12345674';
const terms: MatchingTerms = {
  source: 'sis',
  huvudman: 'kommunen1',
  newId: (name) => `id of ${name}`,
};
const at = (day: string, hour = '08'): string => `${day}T${hour}:00:00.000000Z`;
const asserted = (
  schoolUnit: string,
  more: Partial<AssertedEnrolment> = {},
): AssertedEnrolment => ({
  schoolUnit,
  schoolType: 'GR',
  startDate: '2026-08-17',
  cancelled: false,
  ...more,
});

/** A list of enrolments at one time, or that the person was dropped. */
interface Word {
  readonly at: string;
  readonly list: readonly AssertedEnrolment[] | null;
  readonly completeness?: 'full' | 'delta';
}

const says = (day: string, ...units: string[]): Word => ({
  at: at(day),
  list: units.map((unit) => asserted(unit)),
});
const drops = (day: string): Word => ({ at: at(day), list: null });

/** What a claim comes to that hears the words in this order. */
function hear(words: readonly Word[]): HeldLists {
  let held: HeldLists | undefined;
  for (const word of words) held = hearOne(held, word);
  return held!;
}

function hearOne(
  held: HeldLists | undefined,
  { at: modified, list, completeness = 'full' }: Word,
): HeldLists {
  const told = { at: modified, enrolments: list ?? [], completeness };
  if (held === undefined) {
    const earlier = { times: [], left: [], listed: '' };
    const content: Pick<ClaimContent, 'enrolments' | 'earlier'> =
      list === null ? { enrolments: [], earlier } : addNewestList(undefined, told, terms);
    return { modified, deleted: list === null, asserted: content };
  }
  if (modified < held.modified) {
    return {
      ...held,
      asserted: list === null ? addOlderRemoval(held, modified) : addOlderList(held, told, terms),
    };
  }
  const content =
    list === null ? addNewestRemoval(held, modified) : addNewestList(held, told, terms);
  return { modified, deleted: list === null, asserted: content };
}

const endOf = (
  unit: string,
  { asserted: { enrolments } }: HeldLists,
): Partial<Enrolment> | undefined => enrolments.find(({ schoolUnit }) => schoolUnit === unit);

describe('the lists of a source', () => {
  it('end what the newest no longer names, on its day, for an unknown reason', () => {
    const held = hear([says('2026-09-01', HERE), says('2026-10-01', THERE)]);
    expect(endOf(HERE, held)).toMatchObject({ endDate: '2026-10-01', endReason: 'unknown' });
    expect(endOf(THERE, held)).not.toHaveProperty('endDate');
  });

  it('that are not whole leave standing what they do not name', () => {
    const held = hear([
      { ...says('2026-09-01', HERE), completeness: 'delta' },
      { ...says('2026-10-01', THERE), completeness: 'delta' },
    ]);
    expect(endOf(HERE, held)).not.toHaveProperty('endDate');
  });

  it('open again what they name again, as the same enrolment', () => {
    const first = hear([says('2026-09-01', HERE)]);
    const held = hear([says('2026-09-01', HERE), says('2026-10-01'), says('2026-11-01', HERE)]);
    expect(held.asserted.enrolments).toEqual(first.asserted.enrolments);
  });

  it('that come late tell of what the newest no longer names', () => {
    const held = hear([says('2026-10-01', THERE), says('2026-09-01', HERE)]);
    expect(endOf(HERE, held)).toMatchObject({ endDate: '2026-10-01', endReason: 'unknown' });
  });

  it('that come late end what they leave out on their own day', () => {
    const held = hear([
      says('2026-09-01', HERE),
      says('2026-10-20', THERE),
      says('2026-10-01', THERE),
    ]);
    expect(endOf(HERE, held)).toMatchObject({ endDate: '2026-10-01' });
  });

  it('never change what the newest one says', () => {
    const late = { at: at('2026-09-01'), list: [asserted(HERE, { endDate: '2026-09-30' })] };
    expect(endOf(HERE, hear([says('2026-10-01', HERE), late]))).not.toHaveProperty('endDate');
  });

  it('of somebody who was dropped before have ended with the removal', () => {
    const held = hear([drops('2026-10-01'), says('2026-09-01', HERE)]);
    expect(endOf(HERE, held)).toMatchObject({ endDate: '2026-10-01', endReason: 'unknown' });
    expect(newestListAt(held)).toBe(at('2026-09-01'));
  });

  it('that repeat themselves count as lists of their day', () => {
    const first = hear([says('2026-10-01', THERE)]);
    const asserted = passList(first, at('2026-10-20'));
    const held = { ...first, modified: at('2026-10-20'), asserted };
    expect(endOf(HERE, hearOne(held, says('2026-09-01', HERE)))).toMatchObject({ endDate: '2026-10-01' }); // prettier-ignore
  });

  it('are remembered by their days, and no more of them than the limit', () => {
    const days = Array.from(
      { length: 31 },
      (_, index) => `2026-10-${String(index + 1).padStart(2, '0')}`,
    );
    const words = days.flatMap((day) =>
      ['07', '09'].map((hour) => ({ at: at(day, hour), list: [] })),
    );
    const { times } = hear(words).asserted.earlier!;
    expect(times).toHaveLength(LIST_DAYS_MAX);
    expect(times.at(-1)).toBe(at('2026-10-30', '09'));
  });

  it('come to the same in whatever order they arrive', () => {
    const day = fc.integer({ min: 1, max: LIST_DAYS_MAX }).map((number) => `2026-10-${String(number).padStart(2, '0')}`); // prettier-ignore
    const units = fc.subarray([HERE, THERE, '87654321']);
    const list = units.map((names) => names.map((unit) => asserted(unit)));
    const word = fc.record({
      at: fc.tuple(day, fc.constantFrom('07', '12', '23')).map(([on, hour]) => at(on, hour)),
      list: fc.option(list, { nil: null, freq: 4 }),
    });
    const words = fc.uniqueArray(word, { minLength: 1, maxLength: 8, selector: (one) => one.at });
    const orders = words.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))); // prettier-ignore
    const stand = (held: HeldLists) => ({
      enrolments: held.asserted.enrolments
        .map(({ schoolUnit, endDate = '', cancelled }) => `${schoolUnit} ${endDate} ${cancelled}`)
        .sort(),
      listed: newestListAt(held),
    });
    fc.assert(
      fc.property(orders, ([all, shuffled]) => {
        const inOrder = [...all].sort((one, other) => (one.at < other.at ? -1 : 1));
        expect(stand(hear(shuffled))).toEqual(stand(hear(inOrder)));
      }),
      { numRuns: 2_000 },
    );
  });
});
