import fc from 'fast-check';
import { formatSequence, isNewer } from './sequence.js';

const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const epoch = fc.integer({ min: 0, max: 9_999_999_999 });

describe('a sequence', () => {
  it('is newer than nothing, and not newer than itself', () => {
    const first = formatSequence(1, 1);
    expect(first).toBe('0000000001-0000000000000001');
    expect(isNewer(first, undefined)).toBe(true);
    expect(isNewer(first, null)).toBe(true);
    expect(isNewer(first, first)).toBe(false);
  });

  it('grows with its number as text does, over all numbers', () => {
    fc.assert(
      fc.property(epoch, number, number, (era, a, b) => {
        expect(isNewer(formatSequence(era, a), formatSequence(era, b))).toBe(a > b);
      }),
    );
  });

  it('is newer after a restore, whatever the number was before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9_999_999_998 }),
        number,
        number,
        (era, before, after) => {
          expect(isNewer(formatSequence(era + 1, after), formatSequence(era, before))).toBe(true);
        },
      ),
    );
  });
});
