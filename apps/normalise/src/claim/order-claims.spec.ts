import fc from 'fast-check';
import { believedInstant, orderClaims, receiptAt, type ClaimVersion } from './order-claims.js';

const at = (modified: string, more: Partial<ClaimVersion> = {}): ClaimVersion => ({
  modified,
  sequence: null,
  deleted: false,
  content: 'aa',
  ...more,
});
const NOON = '2026-08-18T12:00:00.000000Z';
const LATER = '2026-08-18T12:00:00.000001Z';

describe('of two assertions of one source', () => {
  it('the first is always news', () => expect(orderClaims(at(NOON), undefined)).toBe('newer'));

  it('older never overwrites newer, not even by a microsecond', () => {
    expect(orderClaims(at(NOON), at(LATER))).toBe('older');
    expect(orderClaims(at(LATER), at(NOON))).toBe('newer');
  });

  it('the same time and content is a duplicate', () =>
    expect(orderClaims(at(NOON), at(NOON))).toBe('duplicate'));

  it('at the same time the sequence decides', () => {
    const first = at(NOON, { sequence: '0001', content: 'ff' });
    const second = at(NOON, { sequence: '0002', content: '00' });
    expect(orderClaims(second, first)).toBe('newer');
    expect(orderClaims(first, second)).toBe('older');
  });

  it('at the same time a deletion stands, whichever comes first', () => {
    const deletion = at(NOON, { deleted: true, content: '00' });
    expect(orderClaims(deletion, at(NOON))).toBe('newer');
    expect(orderClaims(at(NOON), deletion)).toBe('older');
    expect(orderClaims(deletion, { ...deletion, content: 'zz' })).toBe('duplicate');
  });

  it('every order of arrival ends with the same one', () => {
    const version = fc.record({
      modified: fc.constantFrom(NOON, LATER),
      sequence: fc.constant(null),
      deleted: fc.boolean(),
      content: fc.constantFrom('00', '7f', 'ff'),
    });
    const settle = (versions: ClaimVersion[]): string => {
      let held: ClaimVersion | undefined;
      for (const one of versions) if (orderClaims(one, held) === 'newer') held = one;
      return `${held?.modified} ${held?.deleted ? 'deleted' : held?.content}`;
    };
    fc.assert(
      fc.property(fc.array(version, { minLength: 1, maxLength: 6 }), fc.nat(), (versions, by) => {
        const turned = [
          ...versions.slice(by % versions.length),
          ...versions.slice(0, by % versions.length),
        ];
        expect(settle(turned.reverse())).toBe(settle(versions));
      }),
    );
  });
});

describe('a source’s clock', () => {
  const receipt = receiptAt(new Date('2026-08-18T12:00:00Z'));

  it('is believed up to five minutes ahead', () => {
    const fiveMinutesAhead = '2026-08-18T12:05:00.000000Z';
    expect(believedInstant(fiveMinutesAhead, receipt)).toBe(fiveMinutesAhead);
  });

  it('further ahead counts as receipt', () =>
    expect(believedInstant('2027-01-01T00:00:00.000000Z', receipt)).toBe(NOON));

  it('further ahead keeps the order in which one batch was said', () => {
    const [later, earlier] = ['2026-08-18T14:00:05.000000Z', '2026-08-18T14:00:04.000000Z'];
    const together = receiptAt(new Date('2026-08-18T12:00:00Z'), [later, earlier, later]);
    expect(believedInstant(earlier, together)).toBe(NOON);
    expect(believedInstant(later, together)).toBe('2026-08-18T12:00:00.000001Z');
    expect(believedInstant(NOON, together)).toBe(NOON);
  });

  it('is believed about the past, however long ago', () =>
    expect(believedInstant('1999-01-01T00:00:00.000000Z', receipt)).toBe(
      '1999-01-01T00:00:00.000000Z',
    ));
});
