import fc from 'fast-check';
import { everyBasicMove } from './basic-move.js';
import { followHistory } from './follow-history.js';
import type { History } from './history.js';
import { inventHistory } from './invent-history.js';
import { permuteHistory } from './permute.js';
import { shrinkHistory } from './shrink-history.js';
import { Tape } from './tape.js';
import { tellStory } from './tell-story.js';

/** A few of the histories that `npm run prove -- histories` tells by the hundred thousand. */
const RUNS = 150;
const ORDERED_RUNS = 3;
/** The same ones each time; the proof tells others. */
const SEED = 4711;
const EVERY_NTH_BASIC_MOVE = 4_001;

async function expectRight(history: History): Promise<void> {
  const { faults } = await followHistory(history);
  if (faults.length > 0) throw new Error(tellStory(history, faults));
}

describe('whatever schools say', () => {
  it('there is no gap, one home, nothing resurrected and nothing leaked', async () => {
    const property = fc.asyncProperty(fc.integer(), (number) => expectRight(inventHistory(number)));
    await fc.assert(property, { numRuns: RUNS, seed: SEED });
  });

  it('another order of the same facts ends in the same state', async () => {
    const property = fc.asyncProperty(fc.integer(), async (number) => {
      const { divergent } = await permuteHistory(inventHistory(number), new Tape(number));
      if (divergent !== undefined) throw new Error(tellStory(divergent, []));
    });
    await fc.assert(property, { numRuns: ORDERED_RUNS, seed: SEED });
  });

  it('the basic move goes right in every order', async () => {
    let index = 0;
    for (const history of everyBasicMove()) {
      if (index++ % EVERY_NTH_BASIC_MOVE === 0) await expectRight(history);
    }
    expect(index).toBeGreaterThan(500_000);
  });
});

describe('the proof', () => {
  it('tells the same history for the same number', () => {
    expect(inventHistory(4711)).toEqual(inventHistory(4711));
    expect(inventHistory(4711)).not.toEqual(inventHistory(4712));
  });

  it('tells a history in sentences: on which day who said what', () => {
    const [first = ''] = tellStory(inventHistory(1), []).split('\n');
    expect(first).toMatch(
      /^2026-10-\d\d {2}[a-z]+-register says.*: .+ is (Asta|Bo|Cilla).*, .*EPPN/,
    );
  });

  it('leaves out of a faulty history what its fault does not need', async () => {
    const history = inventHistory(4711);
    const { steps } = await shrinkHistory(history, 'gaps');
    expect(steps).toEqual(history.steps); // there is no fault: nothing is left out
  });
});
