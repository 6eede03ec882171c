import { SteppableClock } from './steppable-clock.js';

const NOON = new Date('2026-03-02T12:00:00Z');

describe('a clock that is stepped', () => {
  it('stands still until it is stepped, and then tells everyone who listens', async () => {
    const clock = new SteppableClock(NOON);
    const told: string[] = [];
    const end = clock.onStep(async (now) => {
      await Promise.resolve();
      told.push(now.toISOString());
    });
    clock.now().setFullYear(1999);
    expect(clock.now()).toEqual(NOON);
    await clock.advance(60_000);
    await clock.set(new Date('2026-03-03T12:00:00Z'));
    end();
    await clock.advance(1);
    expect(told).toEqual(['2026-03-02T12:01:00.000Z', '2026-03-03T12:00:00.000Z']);
    expect(clock.now().toISOString()).toBe('2026-03-03T12:00:00.001Z');
  });

  it('never goes back, and refuses what is no date', async () => {
    const clock = new SteppableClock(NOON);
    await expect(clock.advance(-1)).rejects.toThrow('only goes forward');
    await expect(clock.set(new Date('i morgon'))).rejects.toThrow('a date that is none');
    expect(clock.now()).toEqual(NOON);
  });

  it('lets every listener run when one of them fails', async () => {
    const clock = new SteppableClock(NOON);
    let isReached = false;
    clock.onStep(() => {
      throw new Error('no calendar');
    });
    clock.onStep(() => {
      isReached = true;
    });
    await expect(clock.advance(1)).rejects.toThrow('1 of 2 listeners failed');
    expect(isReached).toBe(true);
  });
});
