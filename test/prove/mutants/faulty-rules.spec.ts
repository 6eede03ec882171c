import { readFileSync } from 'node:fs';
import { hunt } from '../mutants.js';
import { FAULTY_RULES } from './faulty-rules.js';

/** A few of the faults that `npm run prove -- mutants` puts in place one after the other. */
const HUNTED = [
  'older overwrites newer',
  'the old entry ends before the new one is usable',
  'the old huvudman is told the new school',
];

describe('the faulty stand-ins', () => {
  it.each(FAULTY_RULES.map(({ file, rule, name }) => [name, file, rule] as const))(
    'of “%s” stands in for a rule that there is: %s, %s',
    (_name, file, rule) => {
      const text = readFileSync(`${file}.ts`, 'utf8');
      expect(text).toMatch(new RegExp(`export (?:function|const) ${rule}\\b`));
    },
  );

  it('bear names of their own', () => {
    expect(new Set(FAULTY_RULES.map(({ name }) => name)).size).toBe(FAULTY_RULES.length);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('break rule %i of design §6 in two ways at least', (rule) => {
    const breaking = FAULTY_RULES.filter(({ breaks }) => breaks === `§6.${rule}`);
    expect(breaking.length).toBeGreaterThanOrEqual(2);
  });

  it.each(HUNTED)('“%s” is found by the histories', async (name) => {
    const { breaks, file, rule } = FAULTY_RULES.find((one) => one.name === name)!;
    const standIn = { name, breaks, file, rule };
    const { isKilled } = await hunt(standIn, { seed: 1, root: process.cwd() });
    expect(isKilled).toBe(true);
  });
});
