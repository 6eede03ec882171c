/** Days are calendar days of Stockholm, YYYY-MM-DD; their order as text is their order in time. */
export type Day = string;

const DAY_MS = 86_400_000;
const stockholm = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' });

export function dayOf(instant: Date): Day {
  return stockholm.format(instant);
}

export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The year in which the school year of a day began; a school year runs from July 1 to June 30. */
export function schoolYearOf(day: Day): number {
  const year = Number(day.slice(0, 4));
  return day.slice(5, 7) >= '07' ? year : year - 1;
}
