import fc from 'fast-check';
import { Reading, localId } from './reading.js';

describe('a time that a source gives', () => {
  it.each([
    ['2026-08-18T06:15:22.417+02:00', '2026-08-18T04:15:22.417000Z'],
    ['2026-08-18t04:15:22z', '2026-08-18T04:15:22.000000Z'],
    ['2026-08-18T04:15:22.1234567Z', '2026-08-18T04:15:22.123456Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000000Z'],
    ['2028-02-29T12:00:00-00:00', '2028-02-29T12:00:00.000000Z'],
  ])('%s becomes UTC with six decimals', (given, utc) => {
    const reading = new Reading(undefined);
    expect(reading.instant('/at', given)).toBe(utc);
    expect(reading.issues).toEqual([]);
  });

  it('is the instant that Date takes it for, in whichever zone', () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((part) => String(part).padStart(2, '0')); // prettier-ignore
    const day = fc.date({ min: new Date('1801-01-01'), max: new Date('9998-12-31'), noInvalidDate: true }); // prettier-ignore
    const zone = fc.oneof(
      fc.constant('Z'),
      fc.tuple(fc.constantFrom('+', '-'), two(23), two(59)).map(([sign, hour, minute]) => `${sign}${hour}:${minute}`), // prettier-ignore
    );
    const property = fc.property(day, two(23), two(59), two(59), zone, (date, hour, minute, second, at) => {
      const text = `${date.toISOString().slice(0, 10)}T${hour}:${minute}:${second}${at}`;
      const utc = new Date(text).toISOString().replace('.000Z', '.000000Z');
      expect(new Reading(undefined).instant('/at', text)).toBe(utc);
    }); // prettier-ignore
    fc.assert(property);
  });

  it('comes in the order of the text, also when two times differ by a microsecond', () => {
    const reading = new Reading(undefined);
    const given = [
      '2026-08-18T04:15:22.417Z',
      '2026-08-18T06:15:22.417001+02:00',
      '2026-08-18T04:15:22.5Z',
    ];
    const texts = given.map((text) => reading.instant('/at', text));
    expect([...texts].sort()).toEqual(texts);
    expect(new Set(texts).size).toBe(3);
  });

  it.each([
    '2026-02-30T06:15:22Z', '2026-08-18T24:00:00Z', '2026-08-18T06:60:00Z', '2026-12-31T23:59:60Z', '2026-08-18T06:15:22',
    '2026-08-18T06:15:22+24:00', '2026-08-18', '1799-12-31T00:00:00Z', '9999-12-31T23:59:59-01:00', '',
  ])('%j is an issue', (given) => {
    const reading = new Reading(undefined);
    reading.instant('/meta/modified', given);
    expect(reading.issues).toEqual([
      { pointer: '/meta/modified', says: expect.stringContaining('a time that exists') as string },
    ]);
  }); // prettier-ignore
});

describe('a day that a source gives', () => {
  it.each(['2026-08-17', '2028-02-29', '2000-02-29', '1890-01-01', '9999-12-31'])(
    '%s is one',
    (day) => {
      const reading = new Reading(undefined);
      expect(reading.day('/startDate', day)).toBe(day);
      expect(reading.issues).toEqual([]);
    },
  );

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    '20260817',
    '',
  ])('%j is an issue', (day) => {
    const reading = new Reading(undefined);
    reading.day('/startDate', day);
    expect(reading.issues.map(({ pointer }) => pointer)).toEqual(['/startDate']);
  });

  it('may end where it starts, but not before', () => {
    const reading = new Reading(undefined);
    reading.order('/endDate', '2026-08-17', '2026-08-17');
    reading.order('/endDate', '2026-08-17', undefined);
    expect(reading.issues).toEqual([]);
    reading.order('/endDate', '2026-08-17', '2026-08-16');
    expect(reading.issues).toHaveLength(1);
  });
});

describe('the id of an object', () => {
  it('is in lower case when it is a UUID, else as given', () => {
    expect(localId('F12A9DF6-1B38-559E-8B92-B2D701AF1978')).toBe(
      'f12a9df6-1b38-559e-8b92-b2d701af1978',
    );
    expect(localId('Elev-12A')).toBe('Elev-12A');
  });
});

it('names at most twenty issues', () => {
  const reading = new Reading(undefined);
  for (let index = 0; index < 50; index += 1) reading.day(`/days/${index}`, 'never');
  expect(reading.issues).toHaveLength(20);
});
