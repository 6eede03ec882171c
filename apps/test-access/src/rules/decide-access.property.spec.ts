import fc from 'fast-check';
import { type Enrolment, type PersonState, addDays } from '#canonical';
import {
  FOUNDATION,
  Followed,
  INDEPENDENT,
  MUNICIPALITY,
  enrolment,
  eppn,
  reported,
} from './testing/given-person.js';

/** What a source says of one thing; of two that speak of the same thing the higher version holds, whenever it comes. */
interface Fact {
  readonly about: string;
  readonly version: number;
  readonly enrolment?: Enrolment;
  readonly eppn?: PersonState['eppns'][number] | null;
  readonly test?: PersonState['tests'][number];
}

/** Facts in the order in which they come, each some days after the one before. */
type Telling = readonly { readonly fact: Fact; readonly daysBefore: number }[];

const FIRST_DAY = '2026-10-20';
const LAST_DAY = '2027-04-01';
/** Enough to kill a planted fault in every rule that the order of facts touches. */
const RUNS = 150;
const HUVUDMEN = [MUNICIPALITY, INDEPENDENT, FOUNDATION];

/** A move over two or three huvudmän, as facts: each enrolment begun, ended or cancelled, each EPPN, and a test. */
const move = fc
  .record({
    stays: fc.integer({ min: 2, max: 3 }),
    starts: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 3, maxLength: 3 }),
    lengths: fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 3, maxLength: 3 }),
    cancelled: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
    lastLeaves: fc.boolean(),
    test: fc.constantFrom(undefined, 'begun' as const, 'submitted' as const),
  })
  .map(({ stays, starts, lengths, cancelled, lastLeaves, test }): Fact[] => {
    const facts: Fact[] = [];
    let start = FIRST_DAY;
    HUVUDMEN.slice(0, stays).forEach((huvudman, index) => {
      const begun = enrolment(huvudman, start);
      facts.push({ about: `enrolment ${index}`, version: 1, enrolment: begun });
      facts.push({ about: `eppn ${index}`, version: 1, eppn: eppn(huvudman) });
      if (index < stays - 1 || lastLeaves) {
        const ended = { ...begun, endDate: addDays(start, lengths[index]!) };
        facts.push({ about: `enrolment ${index}`, version: 2, enrolment: ended });
      }
      if (index === cancelled) {
        const none = { ...begun, cancelled: true };
        facts.push({ about: `enrolment ${index}`, version: 3, enrolment: none });
      }
      start = addDays(start, starts[index]!);
    });
    if (test)
      facts.push({ about: 'test', version: 1, test: reported(test, '2026-11-12T08:00:00Z') });
    return facts;
  });

/** The facts shuffled, some of them doubled, each delayed. */
const tellingOf = (facts: readonly Fact[]): fc.Arbitrary<Telling> =>
  fc
    .tuple(
      fc.shuffledSubarray([...facts], { minLength: facts.length }),
      fc.array(fc.constantFrom(...facts), { maxLength: 3 }),
    )
    .chain(([all, doubled]) =>
      fc.tuple(
        ...[...all, ...doubled].map((fact) =>
          fc.record({ fact: fc.constant(fact), daysBefore: fc.integer({ min: 0, max: 12 }) }),
        ),
      ),
    );

const history = move.chain((facts) => fc.tuple(tellingOf(facts), tellingOf(facts)));

/** Tells the facts one by one, day by day, and looks at every step. */
function follow(telling: Telling, look: (followed: Followed) => void): Followed {
  const followed = new Followed(FIRST_DAY);
  const known = new Map<string, Fact>();
  for (const { fact, daysBefore } of telling) {
    passDays(followed, addDays(followed.today, daysBefore), look);
    if ((known.get(fact.about)?.version ?? 0) > fact.version) continue;
    known.set(fact.about, fact);
    followed.learns(stateOf([...known.values()]));
    look(followed);
  }
  passDays(followed, LAST_DAY, look);
  return followed;
}

function passDays(followed: Followed, to: string, look: (followed: Followed) => void): void {
  for (let day = addDays(followed.today, 1); day <= to; day = addDays(day, 1)) {
    followed.waitsUntil(day);
    look(followed);
  }
}

function stateOf(facts: readonly Fact[]): Partial<PersonState> {
  return {
    enrolments: facts.flatMap((fact) => fact.enrolment ?? []),
    eppns: facts.flatMap((fact) => fact.eppn ?? []),
    tests: facts.flatMap((fact) => fact.test ?? []),
  };
}

/** Rules 1 and 3 once more, in the fewest words: enrolled today, or left not more than the least bridge ago. */
function isEntitled({ facts, today }: Followed): boolean {
  return facts.enrolments.some(
    ({ cancelled, startDate, endDate = '9999-12-31' }) =>
      !cancelled && endDate >= startDate && startDate <= today && addDays(endDate, 60) >= today,
  );
}

/** Fails when a person who had a usable entry and is entitled has none, or when one has two homes. */
function watch(): (followed: Followed) => void {
  let hadUsable = false;
  return (followed) => {
    const isUsable = followed.usable.length > 0;
    if (hadUsable && !isUsable && isEntitled(followed)) {
      throw new Error(`A gap on ${followed.today}: ${JSON.stringify(followed.facts.enrolments)}`);
    }
    const homes = followed.record.access.entries.filter(({ home }) => home);
    if (homes.length > 1) throw new Error(`Two homes on ${followed.today}`);
    const ids = followed.record.access.entries.map(({ id }) => id);
    if (new Set(ids).size < ids.length) throw new Error(`An entry twice on ${followed.today}`);
    hadUsable = isUsable;
  };
}

/** The state without since-when and because-of-what, which tell when the facts came. */
function outcomeOf({ record }: Followed): unknown {
  const { entries, standings, tests } = record.access;
  return {
    entries: entries.map(({ since: _since, because: _because, ...entry }) => entry),
    standings: standings.map(({ since: _since, ...standing }) => standing),
    tests,
  };
}

describe('a move over two or three huvudmän, told in any order, doubled and delayed', () => {
  it('never leaves the pupil without a usable entry, nor with two homes', () => {
    fc.assert(
      fc.property(history, ([telling]) => {
        follow(telling, watch());
      }),
      { numRuns: RUNS },
    );
  });

  it('ends in the same state, whatever the order', () => {
    fc.assert(
      fc.property(history, ([telling, other]) => {
        const quiet = () => undefined;
        expect(outcomeOf(follow(telling, quiet))).toEqual(outcomeOf(follow(other, quiet)));
      }),
      { numRuns: RUNS },
    );
  });

  it('is told so that granted, moved and revoked add up to what stands', () => {
    fc.assert(
      fc.property(history, ([telling]) => {
        const standing = new Set<string>();
        follow(telling, (followed) => {
          for (const { type, change } of followed.told) {
            if (type === 'se.elevnav.access.granted') standing.add(change.entry!.id);
            if (type === 'se.elevnav.access.revoked') standing.delete(change.entry!.id);
            if (type !== 'se.elevnav.access.moved') continue;
            standing.add(change.entry!.id);
            standing.delete(change.from!.id);
          }
          followed.told = [];
          const usable = followed.usable.map(({ id }) => id);
          if (usable.length === standing.size && usable.every((id) => standing.has(id))) return;
          throw new Error(
            `Told ${[...standing].join()}, but usable on ${followed.today}: ${usable.join()}`,
          );
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('keeps its one test, with its id, wherever the pupil is', () => {
    fc.assert(
      fc.property(history, ([telling]) => {
        const ids = new Set<string>();
        follow(telling, ({ record }) => record.access.tests.forEach(({ id }) => ids.add(id)));
        expect(ids.size).toBeLessThanOrEqual(1);
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the last EPPN of a move never given, or taken away again', () => {
  const lastEppn = (facts: readonly Fact[]) =>
    facts.filter(({ about }) => about.startsWith('eppn')).at(-1);
  const withoutLast = move.chain((facts) => {
    const last = lastEppn(facts);
    const taken = facts
      .filter(({ about }) => about.startsWith('eppn'))
      .map((fact): Fact => ({ ...fact, version: 2, eppn: null }));
    return fc.tuple(
      tellingOf(facts.filter((fact) => fact !== last)),
      tellingOf([...facts, ...taken]),
    );
  });

  /** Whether a cancelled enrolment's entry is held depends on whether it was ever usable, as a gap does by its definition. */
  const uncancelled = move
    .filter((facts) => !facts.some(({ enrolment: said }) => said?.cancelled))
    .chain((facts) => {
      const known = facts.filter((fact) => fact !== lastEppn(facts));
      return fc.tuple(tellingOf(known), tellingOf(known));
    });

  it('holds the same old entry, whatever the order', () => {
    fc.assert(
      fc.property(uncancelled, ([telling, other]) => {
        const quiet = () => undefined;
        expect(outcomeOf(follow(telling, quiet))).toEqual(outcomeOf(follow(other, quiet)));
      }),
      { numRuns: RUNS },
    );
  });

  it('leaves no gap either', () => {
    fc.assert(
      fc.property(withoutLast, ([never, taken]) => {
        follow(never, watch());
        follow(taken, watch());
      }),
      { numRuns: RUNS },
    );
  });
});
