import { addDays, stockholmDay, type Day, type PresenceReport } from '#canonical';
import type { RegisterSettings } from '../facts/translate-events.js';

/** The last day in Sweden that a report of presence is about: from then on its time counts. */
export function lastDayOf({
  startTime,
  endTime,
}: Pick<PresenceReport, 'startTime' | 'endTime'>): Day {
  return stockholmDay(endTime ?? startTime);
}

/**
 * Reports of a huvudman whose last day lies before this one are not kept. A report is one huvudman's alone, so its own word counts, or
 * the hub's where it has said nothing.
 */
export function presenceKeptFrom(
  huvudman: string,
  today: Day,
  settings: Pick<RegisterSettings, 'huvudman' | 'retention'>,
): Day {
  const own = settings.huvudman(huvudman)?.retention?.presenceDays;
  return addDays(today, -(own ?? settings.retention().presenceDays));
}
