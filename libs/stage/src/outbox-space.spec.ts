import { OutboxSpace } from './outbox-space.js';

describe('The room of rows that were taken out of the outbox', () => {
  let nowMs = 0;
  let vacuums: (() => void)[] = [];
  let failures: unknown[] = [];
  let space: OutboxSpace;

  beforeEach(() => {
    nowMs = 0;
    vacuums = [];
    failures = [];
    space = new OutboxSpace(
      () => new Promise<void>((resolve) => vacuums.push(resolve)),
      (error) => failures.push(error),
      () => nowMs,
    );
  });

  it('is given back once enough were taken out', () => {
    space.takenOut(4_999);
    expect(vacuums).toHaveLength(0);
    space.takenOut(1);
    expect(vacuums).toHaveLength(1);
  });

  it('is given back by one vacuum at a time', () => {
    space.takenOut(5_000);
    space.takenOut(50_000);
    expect(vacuums).toHaveLength(1);
  });

  it('rests twenty times as long as a vacuum took, and then looks at all that came meanwhile', async () => {
    space.takenOut(5_000);
    nowMs = 100;
    vacuums[0]!();
    await space.stop();
    nowMs = 2_099;
    space.takenOut(5_000);
    expect(vacuums).toHaveLength(1);
    nowMs = 2_100;
    space.takenOut(1);
    expect(vacuums).toHaveLength(2);
  });

  it('waits, when it stops, for the vacuum that runs', async () => {
    space.takenOut(5_000);
    let stopped = false;
    const stop = space.stop().then(() => (stopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    vacuums[0]!();
    await stop;
    expect(stopped).toBe(true);
  });

  it('goes on after a vacuum that failed, and says so', async () => {
    const broken = new Error('broken');
    space = new OutboxSpace(
      () => Promise.reject(broken),
      (error) => failures.push(error),
      () => nowMs,
    );
    space.takenOut(5_000);
    await space.stop();
    expect(failures).toEqual([broken]);
    nowMs = 1;
    space.takenOut(5_000);
    await space.stop();
    expect(failures).toEqual([broken, broken]);
  });
});
