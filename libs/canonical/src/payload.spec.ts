import { decodePayload, encodePayload } from './payload.js';

describe('a payload', () => {
  it('comes back as it went in', () => {
    const data = { displayName: 'Björnås skola', schoolTypes: ['GR'], endDate: null };
    expect(decodePayload(Buffer.from(encodePayload(data)))).toEqual({ ok: true, data });
  });

  it.each([
    ['no value', null],
    ['nothing', Buffer.alloc(0)],
    ['broken JSON', Buffer.from('{"a":')],
    ['a NUL character', Buffer.from([0x22, 0x00, 0x22])],
    ['an escaped NUL character', Buffer.from('{"a":"\\u0000"}')],
  ])('with %s is a value and does not throw', (_, bytes) => {
    const decoded = decodePayload(bytes);
    expect(decoded.ok).toBe(false);
    expect(decoded).toHaveProperty('reason');
  });
});
