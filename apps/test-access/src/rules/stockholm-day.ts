/** Calendar days of Europe/Stockholm as `YYYY-MM-DD`, so that their order as text is their order in time. */
export type Day = string;

/** The end of what has no end. A source that writes 9999-12-31 means the same. */
export const NEVER: Day = '9999-12-31';

const HOUR_MS = 3_600_000;
/** Stockholm is one hour ahead of UTC, two in summer; the shift is never at midnight. */
const OFFSETS_MS = [2 * HOUR_MS, HOUR_MS] as const;

const stockholm = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The day that it is in Stockholm at an instant (design §6, rule 7). */
export function stockholmDay(instant: Date): Day {
  return stockholm.format(instant);
}

/** The instant at which a day begins in Stockholm, 22:00 or 23:00 UTC of the day before. */
export function startOfDay(day: Day): Date {
  const midnight = utcMidnight(day, 0);
  for (const offset of OFFSETS_MS) {
    const start = new Date(midnight - offset);
    if (stockholmDay(start) === day && stockholmDay(new Date(start.getTime() - 1)) !== day) {
      return start;
    }
  }
  return new Date(midnight - HOUR_MS);
}

/** Counts days, not hours: a day of 23 or 25 hours is one day. Nothing comes after `NEVER`. */
export function addDays(day: Day, days: number): Day {
  const text = new Date(utcMidnight(day, days)).toISOString();
  return text.startsWith('+') ? NEVER : text.slice(0, 10);
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

function utcMidnight(day: Day, plusDays: number): number {
  return Date.UTC(
    Number(day.slice(0, 4)),
    Number(day.slice(5, 7)) - 1,
    Number(day.slice(8, 10)) + plusDays,
  );
}
