import fc from 'fast-check';
import { decodeCursor, encodeCursor, isAfter } from './feed-cursor.js';

const place = fc.record({
  epoch: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  position: fc.integer({ min: 0, max: 10 ** 15 - 1 }),
});

describe('the cursor of a feed', () => {
  it('names the same place when it comes back', () => {
    fc.assert(
      fc.property(place, (one) => {
        expect(decodeCursor('malmo00001', encodeCursor('malmo00001', one))).toEqual(one);
      }),
    );
  });

  it('is of no use in another huvudman’s feed', () => {
    const cursor = encodeCursor('malmo00001', { epoch: 3, position: 17 });
    expect(decodeCursor('kunskap001', cursor)).toBeUndefined();
  });

  it('is none when it is anything else, however long or odd', () => {
    const odd = [
      '',
      '0',
      '%00',
      'a'.repeat(10_000),
      Buffer.from('1:malmo00001:1').toString('base64url'),
    ];
    for (const position of ['-1', '1e3', '99999999999999999999', 'NaN', '1:2']) {
      odd.push(Buffer.from(`1:malmo00001:1:${position}`).toString('base64url'));
    }
    for (const cursor of odd) expect(decodeCursor('malmo00001', cursor)).toBeUndefined();
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (cursor) => {
        expect(decodeCursor('malmo00001', cursor)).toBeUndefined();
      }),
    );
  });

  it('orders places by epoch and then by position, so that a restored feed goes on after the old one', () => {
    expect(isAfter({ epoch: 2, position: 1 }, { epoch: 1, position: 900 })).toBe(true);
    expect(isAfter({ epoch: 1, position: 2 }, { epoch: 1, position: 1 })).toBe(true);
    expect(isAfter({ epoch: 1, position: 1 }, { epoch: 1, position: 1 })).toBe(false);
    expect(isAfter({ epoch: 1, position: 900 }, { epoch: 2, position: 1 })).toBe(false);
  });
});
