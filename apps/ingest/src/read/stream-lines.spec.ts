import fc from 'fast-check';
import { LINE_TOO_LONG, streamLines, type LineLimits } from './stream-lines.js';

const LIMITS: LineLimits = { lineBytesMax: 20, chunkLinesMax: 3, chunkBytesMax: 1_000 };

async function chunksOf(pieces: readonly Buffer[], limits = LIMITS) {
  const waiting = [...pieces];
  const chunks: (readonly (readonly [number, string])[])[] = [];
  for await (const lines of streamLines(async () => waiting.shift(), limits)) {
    chunks.push(
      lines.map(({ number, content }) => [
        number,
        content === LINE_TOO_LONG ? 'too long' : content.toString(),
      ]),
    );
  }
  return chunks;
}

describe('A stream of lines', () => {
  it('gives the same lines wherever the network cuts it', async () => {
    const text = 'åäö\n{"a":1}\r\n\n  \nlast one';
    const whole = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: whole.length })), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        const pieces = places.slice(1).map((end, index) => whole.subarray(places[index], end));
        expect((await chunksOf(pieces)).flat()).toEqual([
          [1, 'åäö'],
          [2, '{"a":1}\r'],
          [5, 'last one'],
        ]);
      }),
    );
  });

  it('hands on at most a chunk of lines at once', async () => {
    expect((await chunksOf([Buffer.from('1\n2\n3\n4\n')])).map((chunk) => chunk.length)).toEqual([
      3, 1,
    ]);
  });

  it('hands on at most a chunk of bytes at once', async () => {
    const chunks = await chunksOf([Buffer.from('aaaa\nbbbb\ncccc\n')], {
      ...LIMITS,
      chunkBytesMax: 8,
    });
    expect(chunks.map((chunk) => chunk.length)).toEqual([2, 1]);
  });

  it('keeps nothing of a line that is too long, and goes on behind it', async () => {
    const long = Array.from({ length: 50 }, () => Buffer.from('x'.repeat(15)));
    const pieces = [Buffer.from('a\n'), ...long, Buffer.from('\nb')];
    expect((await chunksOf(pieces)).flat()).toEqual([[1, 'a'], [2, 'too long'], [3, 'b']]); // prettier-ignore
  });

  it('names a last line that is too long', async () => {
    expect((await chunksOf([Buffer.from('x'.repeat(21))])).flat()).toEqual([[1, 'too long']]);
  });

  it('does not read on before the next chunk is asked for', async () => {
    let read = 0;
    const chunks = streamLines(async () => {
      read += 1;
      return Buffer.from('line\n');
    }, LIMITS);
    await chunks.next();
    expect(read).toBe(1);
  });
});
