import {
  NEVER,
  addDays,
  schoolYearOf,
  startOfStockholmDay,
  stockholmDay,
} from './stockholm-day.js';

describe('a day in Stockholm', () => {
  it('turns at 23:00 UTC in winter and at 22:00 UTC in summer', () => {
    expect(stockholmDay(new Date('2026-01-15T22:59:59Z'))).toBe('2026-01-15');
    expect(stockholmDay(new Date('2026-01-15T23:00:00Z'))).toBe('2026-01-16');
    expect(stockholmDay(new Date('2026-07-15T21:59:59Z'))).toBe('2026-07-15');
    expect(stockholmDay(new Date('2026-07-15T22:00:00Z'))).toBe('2026-07-16');
  });

  it.each([
    ['the night before summer time begins', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['the day after it has begun', '2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['the night before summer time ends', '2026-10-25', '2026-10-24T22:00:00.000Z'],
    ['the day after it has ended', '2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['New Year', '2027-01-01', '2026-12-31T23:00:00.000Z'],
    ['a leap day', '2028-02-29', '2028-02-28T23:00:00.000Z'],
  ])('begins when the clock says so: %s', (_, day, instant) => {
    expect(startOfStockholmDay(day).toISOString()).toBe(instant);
  });

  it('is the day of its own first instant, and of no instant before, on every day of ten years', () => {
    for (let day = '2020-01-01'; day < '2030-01-01'; day = addDays(day, 1)) {
      const start = startOfStockholmDay(day);
      expect(stockholmDay(start)).toBe(day);
      expect(stockholmDay(new Date(start.getTime() - 1))).toBe(addDays(day, -1));
    }
  });

  it('is counted as one, be it 23, 24 or 25 hours long', () => {
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(addDays('2026-10-24', 2)).toBe('2026-10-26');
    expect(addDays('2027-02-28', 1)).toBe('2027-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  });

  it('never comes after the end of what has no end', () => {
    expect(addDays(NEVER, 60)).toBe(NEVER);
  });

  it('belongs to the school year that began in July', () => {
    expect(schoolYearOf('2027-06-30')).toBe(2026);
    expect(schoolYearOf('2027-07-01')).toBe(2027);
  });
});
