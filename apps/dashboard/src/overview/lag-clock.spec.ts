import { LagClock } from './lag-clock.js';

const at = (seconds: number): number => 1_000_000 + seconds * 1_000;

describe('how long events have waited', () => {
  it('not at all when everything is read', () => {
    const clock = new LagClock();
    clock.note('canonical.events/0', 100, at(0));
    expect(clock.secondsBehind('canonical.events/0', 100, at(60))).toBe(0);
    expect(clock.secondsBehind('never seen', 0, at(60))).toBe(0);
  });

  it('since the look after which the next one was written', () => {
    const clock = new LagClock();
    clock.note('a', 100, at(0));
    clock.note('a', 150, at(5));
    clock.note('a', 200, at(10));
    expect(clock.secondsBehind('a', 150, at(10))).toBe(5);
    expect(clock.secondsBehind('a', 199, at(10))).toBe(5);
    expect(clock.secondsBehind('a', 100, at(10))).toBe(10);
  });

  it('at least since the first look, when the backlog is older than that', () => {
    const clock = new LagClock();
    clock.note('a', 100, at(0));
    clock.note('a', 200, at(30));
    expect(clock.secondsBehind('a', 7, at(30))).toBe(30);
  });

  it('begins again when the topic was made anew', () => {
    const clock = new LagClock();
    clock.note('a', 1_000, at(0));
    clock.note('a', 10, at(5));
    clock.note('a', 20, at(10));
    expect(clock.secondsBehind('a', 10, at(10))).toBe(5);
  });

  it('keeps no more than an hour of looks', () => {
    const clock = new LagClock();
    for (let look = 0; look < 2_000; look++) clock.note('a', look, at(look * 5));
    expect(clock.secondsBehind('a', 0, at(1_999 * 5))).toBe(719 * 5);
  });
});
