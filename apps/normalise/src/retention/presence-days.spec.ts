import { DEFAULT_RETENTION, type HuvudmanSetting } from '#canonical';
import { lastDayOf, presenceKeptFrom } from './presence-days.js';

describe('the last day that a report is about', () => {
  it.each([
    ['2026-11-03T22:59:00Z', undefined, '2026-11-03'],
    ['2026-11-03T23:00:00Z', undefined, '2026-11-04'],
    ['2026-07-03T22:00:00Z', undefined, '2026-07-04'],
    ['2026-09-01T06:00:00Z', '2026-09-04T14:00:00Z', '2026-09-04'],
  ])('from %s to %s is %s in Sweden', (startTime, endTime, day) => {
    expect(lastDayOf({ startTime, ...(endTime && { endTime }) })).toBe(day);
  });
});

describe('from when on reports are kept', () => {
  const settings = {
    retention: () => ({ ...DEFAULT_RETENTION, presenceDays: 400 }),
    huvudman: (id: string) =>
      ({ id, ...(id === 'kommunen1' && { retention: { presenceDays: 60 } }) }) as HuvudmanSetting,
  };

  it('is the huvudman’s own word, or else the hub’s', () => {
    expect(presenceKeptFrom('kommunen1', '2027-03-01', settings)).toBe('2026-12-31');
    expect(presenceKeptFrom('friskola1', '2027-03-01', settings)).toBe('2026-01-25');
  });
});
