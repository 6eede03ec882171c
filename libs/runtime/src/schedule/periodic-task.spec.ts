import { Log } from '../log/log.js';
import { PeriodicTask } from './periodic-task.js';

function task(run: () => Promise<void>) {
  const lines: string[] = [];
  const log = { failure: (says: string) => void lines.push(says) } as unknown as Log;
  const options = { name: 'spec.task', everyMs: 1_000, failure: 'It could not be done', run };
  return { task: new PeriodicTask(options, log), lines };
}

describe('a periodic task', () => {
  it('has one run at a time: who asks meanwhile waits for that one', async () => {
    let runs = 0;
    let free: () => void = () => undefined;
    const { task: periodic } = task(() => {
      runs++;
      return new Promise((resolve) => (free = resolve));
    });
    const first = periodic.now();
    const second = periodic.now();
    await periodic.tick();
    expect(runs).toBe(1);
    free();
    await Promise.all([first, second, periodic.ended()]);
    void periodic.now();
    expect(runs).toBe(2);
    free();
  });

  it('throws to who asked, logs what nobody asked for, and knows for how long it has failed', async () => {
    let fails = true;
    const { task: periodic, lines } = task(() =>
      fails ? Promise.reject(new Error('away')) : Promise.resolve(),
    );
    await expect(periodic.now()).rejects.toThrow('away');
    expect(lines).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await periodic.tick();
    expect(lines).toEqual(['It could not be done; tried again soon']);
    expect(periodic.failingMs).toBeGreaterThanOrEqual(4);
    fails = false;
    await periodic.tick();
    expect(periodic.failingMs).toBe(0);
  });
});
