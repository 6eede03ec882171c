import { isBusy, isLostRace } from '#database';
import { isKafkaAway } from '#kafka';

/** What to do about something thrown; bad data is a value and never thrown (design §7). */
export type ErrorKind = 'busy' | 'lost-race' | 'bug';

/** The one place where errors are told apart. */
export function classifyError(error: unknown): ErrorKind {
  if (isKafkaAway(error) || isBusy(error)) return 'busy';
  if (isLostRace(error)) return 'lost-race';
  return 'bug';
}
