import { isForgotten } from './forgotten-records.js';

const life = { system: '7', started: '2000', log_at: '500' };
const record = (store: string | null | string[] | undefined) => ({ headers: { store } });

describe('a record that its restored sender has forgotten', () => {
  it('was sent in an earlier life, beyond the place where this life began', () => {
    expect(isForgotten(record('7/1000/501'), life)).toBe(true);
    expect(isForgotten({ headers: { store: Buffer.from('7/1000/501') } }, life)).toBe(true);
  });

  it('is none that was sent before the copy, nor in this life, nor by another server', () => {
    expect(isForgotten(record('7/1000/500'), life)).toBe(false);
    expect(isForgotten(record('7/2000/501'), life)).toBe(false);
    expect(isForgotten(record('8/1000/501'), life)).toBe(false);
  });

  it('is none that does not say, and none where the life is not known', () => {
    for (const stamp of [undefined, null, '', '7', '7/1000', 'x/y/z', ['7/1000/501']]) {
      expect(isForgotten(record(stamp), life)).toBe(false);
    }
    expect(isForgotten(record('7/1000/501'), { ...life, log_at: null })).toBe(false);
  });
});
