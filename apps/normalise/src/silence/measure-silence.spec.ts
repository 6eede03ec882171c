import { startOfStockholmDay } from '#canonical';
import { measureSilence } from './measure-silence.js';

const HOUR_MS = 3_600_000;
const TERMS = [
  { startDate: '2027-01-08', endDate: '2027-06-11' },
  { startDate: '2026-08-18', endDate: '2026-12-18' },
  { startDate: '2027-08-17', endDate: '2027-12-17' },
];
const hours = (heard: string, now: string, terms = TERMS) =>
  measureSilence(new Date(heard), new Date(now), terms) / HOUR_MS;

describe('the silence of a source', () => {
  it('is counted hour by hour in term, over a change of the clocks too', () => {
    expect(hours('2026-10-24T10:00:00Z', '2026-10-26T10:00:00Z')).toBe(48);
  });

  it('stands still over the summer and goes on with the term', () => {
    // Term ends with 11 June in Stockholm, 22:00 UTC; it begins on 17 August, 22:00 UTC of the day before.
    expect(hours('2027-06-10T22:00:00Z', '2027-07-20T12:00:00Z')).toBe(24);
    expect(hours('2027-06-10T22:00:00Z', '2027-08-17T22:00:00Z')).toBe(48);
  });

  it('that begins in the summer is none until the term begins', () => {
    expect(hours('2027-07-01T08:00:00Z', '2027-08-16T20:00:00Z')).toBe(0);
    expect(hours('2027-07-01T08:00:00Z', '2027-08-17T00:00:00Z')).toBe(2);
  });

  it('counts beyond the last term that is known, and without a calendar', () => {
    expect(hours('2027-12-17T00:00:00Z', '2028-01-17T00:00:00Z')).toBe(31 * 24);
    expect(hours('2027-07-01T00:00:00Z', '2027-07-03T00:00:00Z', [])).toBe(48);
  });

  it('is counted where the terms of two calendars leave no break', () => {
    const other = { startDate: '2027-05-01', endDate: '2027-08-20' };
    expect(hours('2027-07-01T00:00:00Z', '2027-07-03T00:00:00Z', [...TERMS, other])).toBe(48);
  });

  it('is none when the clock was set back', () => {
    expect(hours('2026-10-24T10:00:00Z', '2026-10-24T08:00:00Z')).toBe(0);
  });
});

it.each([
  ['2026-10-24', '2026-10-23T22:00:00.000Z'],
  ['2026-10-25', '2026-10-24T22:00:00.000Z'],
  ['2026-10-26', '2026-10-25T23:00:00.000Z'],
  ['2027-03-28', '2027-03-27T23:00:00.000Z'],
  ['2027-03-29', '2027-03-28T22:00:00.000Z'],
])('%s begins at %s', (day, instant) => {
  expect(startOfStockholmDay(day).toISOString()).toBe(instant);
});
