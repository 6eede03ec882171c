import { ClientBuckets } from './client-buckets.js';

function bucketsAt(options = { perSecond: 10, burst: 20 }) {
  const clock = { ms: 0 };
  return { clock, buckets: new ClientBuckets(options, () => clock.ms) };
}

describe('A client', () => {
  it('has its burst at once, then its rate, and no more than a burst after a long rest', () => {
    const { clock, buckets } = bucketsAt();
    expect(buckets.secondsUntil('a', 20)).toBe(0);
    expect(buckets.take('a', 20)).toBe(0);
    expect(buckets.secondsUntil('a', 5)).toBe(0.5);
    clock.ms += 500;
    expect(buckets.secondsUntil('a', 5)).toBe(0);
    clock.ms += 3_600_000;
    expect(buckets.secondsUntil('a', 21)).toBeCloseTo(0.1);
  });

  it('that takes more than there is pays the debt first', () => {
    const { clock, buckets } = bucketsAt();
    expect(buckets.take('a', 30)).toBe(1);
    clock.ms += 1_000;
    expect(buckets.secondsUntil('a', 1)).toBeCloseTo(0.1);
  });

  it('takes nothing of another’s', () => {
    const { buckets } = bucketsAt();
    buckets.take('a', 20);
    expect(buckets.secondsUntil('b', 20)).toBe(0);
  });

  it('keeps its debt when ten thousand others have come by', () => {
    const { buckets } = bucketsAt();
    buckets.take('a', 30);
    for (let other = 0; other < 20_000; other++) buckets.secondsUntil(`other-${other}`, 1);
    expect(buckets.secondsUntil('a', 1)).toBeCloseTo(1.1);
  });
});
