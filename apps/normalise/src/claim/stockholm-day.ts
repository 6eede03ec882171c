const swedishDay = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The calendar day (YYYY-MM-DD) of an instant in Sweden, where all enrolments begin and end. */
export function stockholmDay(instant: Date | string): string {
  return swedishDay.format(typeof instant === 'string' ? new Date(instant) : instant);
}

const HOUR_MS = 3_600_000;
/** Stockholm is one hour ahead of UTC, two in summer; the shift is never at midnight. */
const OFFSETS_MS = [2 * HOUR_MS, HOUR_MS] as const;

/** The instant at which a calendar day begins in Sweden. */
export function startOfStockholmDay(day: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const offset = OFFSETS_MS.find((ms) => stockholmDay(new Date(midnight - ms)) === day);
  return new Date(midnight - (offset ?? HOUR_MS));
}
