import { SeededRandom } from './seeded-random.js';

describe('chance that a seed decides', () => {
  it('is the same for the same seed and another for another', () => {
    const first = new SeededRandom(7);
    const again = new SeededRandom(7);
    const other = new SeededRandom(8);
    const draw = (random: SeededRandom) => Array.from({ length: 20 }, () => random.below(1000));
    const drawn = draw(first);
    expect(draw(again)).toEqual(drawn);
    expect(draw(other)).not.toEqual(drawn);
  });

  it('spreads evenly enough to choose by', () => {
    const random = new SeededRandom(1);
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 8_000; index++) counts[random.below(4)]!++;
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  });

  it('keeps all elements of a list that it shuffles', () => {
    const shuffled = new SeededRandom(3).shuffled([1, 2, 3, 4, 5, 6]);
    expect([...shuffled].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(shuffled).not.toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('makes UUIDs', () => {
    expect(new SeededRandom(5).uuid()).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
