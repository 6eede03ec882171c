import { type AccessStanding, addDays, type Day } from '#canonical';
import type { AccessRecord, Overdue } from './access-record.js';
import { OVERDUE_DAYS } from './entitle-enrolments.js';
import type { Entitlement } from './entitlement.js';

/**
 * A bridge that is over without a join is somebody's concern for 30 days (design §6, rule 3). Where its end was postponed, they begin
 * when the entry does end.
 */
export function noteOverdue(
  record: AccessRecord,
  overdue: Entitlement['overdue'],
  {
    standings,
    now,
    today,
  }: {
    readonly standings: readonly AccessStanding[];
    /** RFC 3339. */
    readonly now: string;
    readonly today: Day;
  },
): Overdue | undefined {
  if (overdue === undefined) return undefined;
  const { huvudman, schoolUnit } = overdue;
  const isHere = (place: Pick<AccessStanding, 'huvudman' | 'schoolUnit'>) =>
    place.huvudman === huvudman && place.schoolUnit === schoolUnit;
  const isPostponed = (standing: AccessStanding) =>
    standing.state === 'postponed' && isHere(standing);
  if (standings.some(isPostponed)) return undefined;
  const known = record.overdue && isHere(record.overdue) ? record.overdue : undefined;
  const wasPostponed = record.access.standings.some(isPostponed);
  const until = wasPostponed ? addDays(today, OVERDUE_DAYS) : known?.until;
  if ((until ?? overdue.until) < today) return undefined;
  return { huvudman, schoolUnit, since: known?.since ?? now, ...(until && { until }) };
}
