import { KafkaBusy } from './kafka-busy.js';
import { RequestQueue } from './request-queue.js';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A queue of texts, one byte each letter, that keeps what was sent together. */
function queue(send: (items: readonly string[]) => Promise<void>, limitMs = 2_000) {
  const sent: string[][] = [];
  const calls = new RequestQueue<string>({
    send: (items) => {
      sent.push([...items]);
      return send(items);
    },
    bytesOf: (item) => item.length,
    bytesMax: 10,
    gatherBytesMax: 6,
    limitMs,
  });
  return { calls, sent };
}

describe('the queue of requests to Kafka', () => {
  it('sends a lone call at once, and together what came meanwhile, in its order', async () => {
    const { calls, sent } = queue(() => pause(20));
    await Promise.all([calls.add(['a', 'b']), calls.add(['c']), calls.add(['d', 'e'])]);
    expect(sent).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
  });

  it('puts no more into a request than it may hold, and never takes a call apart', async () => {
    const { calls, sent } = queue(() => pause(5));
    const words = ['x', 'seven77', 'four', 'a-word-of-sixteen', 'y'];
    await Promise.all(words.map((word) => calls.add([word])));
    expect(sent).toEqual([['x'], ['seven77'], ['four'], ['a-word-of-sixteen'], ['y']]);
  });

  it('waits for company as long as a call allows', async () => {
    const { calls, sent } = queue(() => Promise.resolve());
    const first = calls.add(['a'], 50);
    await pause(5);
    expect(sent).toEqual([]);
    await Promise.all([first, calls.add(['b'], 50)]);
    expect(sent).toEqual([['a', 'b']]);
  });

  it('does not wait for company when enough is there', async () => {
    const { calls, sent } = queue(() => Promise.resolve());
    const whole = calls.add(['a-batch'], 10_000);
    await pause(5);
    expect(sent).toEqual([['a-batch']]);
    await whole;
  });

  it('sends each call alone when a request of several was refused: only the culprit hears of it', async () => {
    const { calls, sent } = queue((items) =>
      items.includes('bad') ? Promise.reject(new KafkaBusy('refused')) : pause(5),
    );
    const outcomes = await Promise.allSettled(['a', 'b', 'bad', 'c'].map((word) => calls.add([word]))); // prettier-ignore
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(sent).toEqual([['a'], ['b', 'bad', 'c'], ['b'], ['bad'], ['c']]);
  });

  it('lets nobody wait longer than the limit, and does not send what has given up', async () => {
    let free: () => void = () => undefined;
    const { calls, sent } = queue(() => new Promise((resolve) => (free = resolve)), 50);
    const outcomes = await Promise.allSettled([calls.add(['a']), calls.add(['b'])]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    free();
    await pause(5);
    expect(sent).toEqual([['a']]);
    const later = calls.add(['c']);
    await pause(5);
    free();
    await expect(later).resolves.toBeUndefined();
  });
});
