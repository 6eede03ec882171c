import { inChunks } from './in-chunks.js';

/** Does what is left, at most `size` at a time. */
function work(left: number) {
  const sizes: number[] = [];
  const step = (size: number) => {
    const now = Math.min(left, size);
    left -= now;
    sizes.push(now);
    return Promise.resolve(now);
  };
  return { step, sizes };
}

describe('work in chunks', () => {
  it.each([
    ['nothing', 0, [0]],
    ['less than a chunk', 3, [3]],
    ['whole chunks, and a look whether there is more', 20, [10, 10, 0]],
    ['more than the steps allow, of which the rest is left', 100, [10, 10, 10]],
  ])('does %s', async (_, left, expected) => {
    const { step, sizes } = work(left);
    const done = await inChunks(step, { size: 10, stepsMax: 3, shutdown: { isClosing: false } });
    expect(sizes).toEqual(expected);
    expect(done).toBe(expected.reduce((sum, now) => sum + now, 0));
  });

  it('ends when the process closes', async () => {
    const { step, sizes } = work(100);
    const shutdown = { isClosing: false };
    const closing = (size: number) => {
      shutdown.isClosing = true;
      return step(size);
    };
    expect(await inChunks(closing, { size: 10, stepsMax: 3, shutdown })).toBe(10);
    expect(sizes).toEqual([10]);
  });
});
