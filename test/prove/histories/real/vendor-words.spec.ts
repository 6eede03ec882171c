import fc from 'fast-check';
import type { Fact } from '#adapters';
import { nationalId } from '#canonical';
import type { Telling } from '../history.js';
import { inventHistory } from '../invent-history.js';
import { UNITS } from '../world.js';
import { historyOf, ownHistory, ownUnit } from './own-history.js';
import { heardFact } from './vendor-words.js';

const RUNS = 100;

function tellingsOf(seed: number, number: number): Telling[] {
  const { steps } = ownHistory(inventHistory(seed), number);
  return steps.flatMap((step) => (step.is === 'told' ? [step.telling] : []));
}

/** As JSON has it, units by their codes. */
function plain(fact: Fact): unknown {
  let text = JSON.stringify(fact);
  for (const code of [...UNITS.map((one) => one.code), ownUnit(7)])
    text = text.replaceAll(nationalId(code), code);
  return JSON.parse(text);
}

describe('what a vendor says of a history', () => {
  it('means to the hub just what the history tells', () => {
    const property = fc.property(fc.integer(), (seed) => {
      for (const telling of tellingsOf(seed, 7)) {
        expect(plain(heardFact(telling))).toEqual(plain(telling.fact));
      }
    });
    fc.assert(property, { numRuns: RUNS });
  });
});

describe('the same history of other persons', () => {
  it('shares no id, number or EPPN with another', () => {
    const names = (number: number): Set<string> => {
      const found = tellingsOf(4711, number).flatMap(({ id, fact }) => {
        const own = [id, fact.localId];
        if (fact.kind === 'person-asserted') own.push(fact.civicNo!, ...fact.eppns);
        return own;
      });
      return new Set(found);
    };
    const [first, second] = [names(1), names(2)];
    expect(first.size).toBe(second.size);
    expect([...first].filter((name) => second.has(name))).toEqual([]);
  });

  it('says of each event which history it is part of', () => {
    for (const { id } of tellingsOf(4711, 12)) expect(historyOf(id)).toBe(12);
    expect(historyOf('unit-11111111')).toBeUndefined();
  });
});
