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
