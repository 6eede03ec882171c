import fc from 'fast-check';
import { excessOf } from './measure-json.js';

describe('Measuring JSON', () => {
  it('survives any nesting', () => {
    let bomb: unknown = [];
    for (let depth = 0; depth < 200_000; depth++) bomb = [bomb];
    expect(excessOf(bomb, { depthMax: 20, bytesMax: 1_000_000 })).toBe('too-deep');
  });

  it('counts an object within an object as two levels', () => {
    expect(excessOf({ a: { b: 1 } }, { depthMax: 2, bytesMax: 100 })).toBeUndefined();
    expect(excessOf({ a: { b: {} } }, { depthMax: 2, bytesMax: 100 })).toBe('too-deep');
  });

  it('is never more than a comma away per level from the size of the compact JSON, escapes apart', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: true }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('\\'));
        const size = Buffer.byteLength(text);
        const commas = text.split(/[[{]/).length;
        expect(excessOf(value, { depthMax: 20, bytesMax: size + commas })).toBeUndefined();
        expect(excessOf(value, { depthMax: 20, bytesMax: size - 1 })).toBe('too-large');
      }),
    );
  });
});
