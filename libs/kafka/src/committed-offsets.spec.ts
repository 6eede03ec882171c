import { setTimeout as delay } from 'node:timers/promises';
import { CommittedOffsets } from './committed-offsets.js';

describe('the offsets that the broker is told', () => {
  const told: unknown[] = [];
  const failures: unknown[] = [];
  let answer: () => Promise<void>;
  const offsets = () =>
    new CommittedOffsets(
      {
        commitOffsets: (places) => {
          told.push(
            places.map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`),
          );
          return answer();
        },
      },
      { wire: (topic) => `our.${topic}`, onFailure: (error) => failures.push(error) },
    );

  beforeEach(() => {
    told.length = 0;
    failures.length = 0;
    answer = () => Promise.resolve();
  });

  it('go out at once after a quiet while, then all lanes together, the newest of each', async () => {
    const one = offsets();
    one.note({ topic: 'a', partition: 0 }, 5);
    await delay(50);
    expect(told).toEqual([['our.a/0@5']]);
    one.note({ topic: 'a', partition: 0 }, 6);
    one.note({ topic: 'b', partition: 1 }, 1);
    one.note({ topic: 'a', partition: 0 }, 7);
    await delay(50);
    expect(told).toHaveLength(1);
    await one.tell(); // as a consumer does that stops
    expect(told.slice(1)).toEqual([['our.a/0@7', 'our.b/1@1']]);
  });

  it('leave out lanes that may be another’s by now, and a failure is told and no more', async () => {
    const one = offsets();
    answer = () => Promise.reject(new Error('rebalancing'));
    one.note({ topic: 'a', partition: 0 }, 5);
    one.forget();
    await one.tell();
    expect(told).toEqual([]);
    one.note({ topic: 'a', partition: 0 }, 6);
    await one.tell();
    expect(failures).toEqual([new Error('rebalancing')]);
  });
});
