/** Calendar days of Europe/Stockholm as `YYYY-MM-DD`, so that their order as text is their order in time. */
export type Day = string;

/** The end of what has no end. A source that writes 9999-12-31 means the same. */
export const NEVER: Day = '9999-12-31';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Stockholm is one hour ahead of UTC, two in summer; the shift is never at midnight. */
const OFFSETS_MS = [2 * HOUR_MS, HOUR_MS] as const;

const stockholm = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The day that it is in Stockholm at an instant (design §6, rule 7). Days turn on the hour, so that one look-up serves an hour. */
export function stockholmDay(instant: Date | string): Day {
  const ms = typeof instant === 'string' ? Date.parse(instant) : instant.getTime();
  return remembered(hours, Math.floor(ms / HOUR_MS), () => stockholm.format(ms));
}

/** The instant at which a day begins in Stockholm, 22:00 or 23:00 UTC of the day before. */
export function startOfStockholmDay(day: Day): Date {
  return new Date(remembered(starts, day, () => findStart(day)));
}

/** Counts days, not hours: a day of 23 or 25 hours is one day. Nothing comes after `NEVER`. */
export function addDays(day: Day, count: number): Day {
  if (day === NEVER && count >= 0) return NEVER;
  const number = dayNumberOf(day) + count;
  return remembered(days, number, () => {
    const text = new Date(number * DAY_MS).toISOString();
    return text.startsWith('+') ? NEVER : text.slice(0, 10);
  });
}

export function laterDay(one: Day, other: Day): Day {
  return one > other ? one : other;
}

export function earlierDay(one: Day, other: Day): Day {
  return one < other ? one : other;
}

/** The year in which the school year of a day began; a school year runs from July 1 to June 30. */
export function schoolYearOf(day: Day): number {
  const year = Number(day.slice(0, 4));
  return day.slice(5, 7) >= '07' ? year : year - 1;
}

/** Half of a decision was the making of dates before they were remembered: 32 µs against 15 (measured). */
const REMEMBERED_MAX = 20_000;

const numbers = new Map<Day, number>();
const days = new Map<number, Day>();
const hours = new Map<number, Day>();
const starts = new Map<Day, number>();

function findStart(day: Day): number {
  const midnight = dayNumberOf(day) * DAY_MS;
  const isStart = (start: number) =>
    stockholmDay(new Date(start)) === day && stockholmDay(new Date(start - 1)) !== day;
  return midnight - (OFFSETS_MS.find((offset) => isStart(midnight - offset)) ?? HOUR_MS);
}

function dayNumberOf(day: Day): number {
  return remembered(numbers, day, () => {
    const [year, month, date] = [day.slice(0, 4), day.slice(5, 7), day.slice(8, 10)];
    return Date.UTC(Number(year), Number(month) - 1, Number(date)) / DAY_MS;
  });
}

function remembered<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = values.get(key);
  if (value === undefined) {
    if (values.size >= REMEMBERED_MAX) values.clear();
    value = make();
    values.set(key, value);
  }
  return value;
}
