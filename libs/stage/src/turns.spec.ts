import { Turns } from './turns.js';

const soon = () => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('runs so many at once, the others in the order in which they came', async () => {
    const turns = new Turns(2);
    const began: number[] = [];
    const ends: (() => void)[] = [];
    const work = [0, 1, 2, 3].map((n) =>
      turns.take(async () => {
        began.push(n);
        await new Promise<void>((resolve) => ends.push(resolve));
        return n;
      }),
    );
    await soon();
    expect(began).toEqual([0, 1]);
    ends[1]!();
    await soon();
    expect(began).toEqual([0, 1, 2]);
    ends[0]!();
    ends[2]!();
    await soon();
    ends[3]!();
    expect(await Promise.all(work)).toEqual([0, 1, 2, 3]);
  });

  it('passes the turn on when work fails', async () => {
    const turns = new Turns(1);
    const failed = turns.take(() => Promise.reject(new Error('no')));
    const after = turns.take(() => Promise.resolve('yes'));
    await expect(failed).rejects.toThrow('no');
    expect(await after).toBe('yes');
  });
});
