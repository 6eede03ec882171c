import { NEVER, startOfStockholmDay, type Day } from '#canonical';

/**
 * The next instant at which time alone may change something: the beginning of the first of the days that is yet to come. A day too
 * many costs one idle look; a day too few would be a promise broken.
 */
export function nextDue(wakes: readonly Day[], today: Day): Date | null {
  const next = nextWake(wakes, today);
  return next === NEVER ? null : startOfStockholmDay(next);
}

/** The first of the days that is yet to come; `NEVER` when none is. */
export function nextWake(wakes: readonly Day[], today: Day): Day {
  let next: Day = NEVER;
  for (const day of wakes) if (day > today && day < next) next = day;
  return next;
}
