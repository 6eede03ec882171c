import { describeProcesses } from './describe-processes.js';

const NOW = new Date('2026-11-20T10:00:00Z');
const secondsAgo = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

let count = 0;
const lived = (fromSecondsAgo: number, toSecondsAgo: number, ended = false) => ({
  id: String(++count),
  stage: 'publish',
  startedAt: secondsAgo(fromSecondsAgo),
  at: secondsAgo(toSecondsAgo),
  ended,
});
const seen = (...processes: ReturnType<typeof lived>[]) => describeProcesses(processes, NOW);

describe('what happened to the processes of a stage', () => {
  it('nothing, when one or several give signs', () => {
    const quiet = { missing: 0, restartedAt: null, crashes: 0, stops: 0, isStopped: false };
    expect(seen(lived(900, 3))).toMatchObject({ alive: 1, ...quiet });
    expect(seen(lived(900, 3), lived(20, 1))).toMatchObject({ alive: 2, ...quiet });
  });

  it('a crash: the old one fell silent, and another began after its last sign', () => {
    expect(seen(lived(900, 9), lived(6, 1))).toMatchObject({
      alive: 2, // the old one is given a little longer before it counts as dead
      crashes: 1,
      restartedAt: secondsAgo(6).toISOString(),
      isUnsteady: false,
    });
  });

  it('an orderly restart is told at once, and is no crash', () => {
    expect(seen(lived(900, 4, true), lived(2, 1))).toMatchObject({
      alive: 1,
      crashes: 0,
      stops: 1,
    });
  });

  it('a second process beside the first replaces nobody, though the first is late with a sign', () => {
    expect(seen(lived(900, 7), lived(5, 1)).restartedAt).toBeNull();
  });

  it('one of three that fell silent and was not replaced is missing', () => {
    expect(seen(lived(900, 2), lived(900, 3), lived(900, 16))).toMatchObject({
      alive: 2,
      missing: 1,
      crashes: 0,
    });
  });

  it('two that fell silent need two others', () => {
    expect(seen(lived(900, 40), lived(900, 41), lived(30, 1))).toMatchObject({
      crashes: 1,
      missing: 1,
    });
  });

  it('unsteady, when it crashes a third time within the minutes looked at', () => {
    const twice = [lived(900, 800), lived(790, 700), lived(690, 1)];
    expect(seen(...twice)).toMatchObject({ crashes: 2, isUnsteady: false });
    const thrice = [lived(900, 800), lived(790, 700), lived(690, 600), lived(590, 1)];
    expect(seen(...thrice)).toMatchObject({ crashes: 3, isUnsteady: true });
  });

  it('stopped, when the last one said that it ends; silent is no stop', () => {
    expect(seen(lived(900, 30, true)).isStopped).toBe(true);
    expect(seen(lived(900, 30)).isStopped).toBe(false);
    expect(seen().isStopped).toBe(false);
  });
});
