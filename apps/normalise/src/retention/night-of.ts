import { stockholmDay } from '#canonical';

const HOUR_MS = 3_600_000;
/** A run may begin in so many hours after the night's first; what was missed then is done in the next night. */
const NIGHT_HOURS = 6;

const swedishHour = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Stockholm',
  hour: '2-digit',
  hourCycle: 'h23',
});

/** The night (the day in Sweden on which it begins, YYYY-MM-DD) in which a run may begin now; undefined by day. */
export function nightOf(now: Date, startsAtHour: number): string | undefined {
  const hoursIn = (Number(swedishHour.format(now)) - startsAtHour + 24) % 24;
  return hoursIn < NIGHT_HOURS
    ? stockholmDay(new Date(now.getTime() - hoursIn * HOUR_MS))
    : undefined;
}
