import { latenciesOf, percentile } from './measure-latency.js';

describe('the latency of the bench', () => {
  const sent = new Map(Array.from({ length: 100 }, (_, number) => [number, 1_000]));

  it('is from the 202 to the huvudman’s topic', () => {
    const latenciesMs = latenciesOf(sent, (number) => 1_000 + number, 90_000);
    expect(percentile(latenciesMs, 0.5)).toBe(50);
    expect(percentile(latenciesMs, 0.99)).toBe(99);
  });

  it('of an event that did not come out is all the time that was waited, and makes no figure better', () => {
    const latenciesMs = latenciesOf(sent, (number) => (number < 2 ? 0 : 1_040), 61_000);
    expect(percentile(latenciesMs, 0.5)).toBe(40);
    expect(percentile(latenciesMs, 0.99)).toBe(60_000);
  });

  it('of an event that came out before its answer was read is none', () => {
    expect(latenciesOf(new Map([[1, 1_000]]), () => 999, 2_000)).toEqual([0]);
  });
});
