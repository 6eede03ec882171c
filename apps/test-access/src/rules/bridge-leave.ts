import { NEVER, addDays, laterDay, schoolYearOf, type Day } from '#canonical';
import type { Rules } from './access-record.js';
import { begunBonds, windowBonds, type BindingFacts } from './bind-tests.js';
import { lastSchoolYear } from './school-forms.js';
import type { Stay } from './trace-stays.js';

/**
 * Completed means: the source says so, a VUXGY stay is over, or the last year of the school form ended at or after the end of its
 * spring term (design §6, rule 3). Without a calendar nobody knows the end of term, and the pupil is bridged rather than shut out.
 */
export function isCompleted(stay: Stay, { calendar }: Pick<Rules, 'calendar'>): boolean {
  if (stay.end === NEVER) return false;
  if (stay.saidCompleted || stay.isAdult) return true;
  const ended = endedSchoolYear(stay.end, calendar);
  return ended !== undefined && stay.schoolYear === lastSchoolYear(stay.schoolType, ended);
}

/** The school year whose spring term was over on a day, and that no other term had followed yet; a summer belongs to the year before it. */
function endedSchoolYear(day: Day, calendar: Rules['calendar']): number | undefined {
  const year = schoolYearOf(day);
  const spring = calendar.springEnd(year);
  if (spring !== undefined && day >= spring) return year;
  const before = calendar.springEnd(year - 1);
  const next = before === undefined ? undefined : calendar.nextTerm(before);
  return next !== undefined && day < next.startDate ? year - 1 : undefined;
}

/** The last day on which a stay gives access: its own, or that of the bridge behind it. */
export function lastDayOf(stay: Stay, facts: BindingFacts): Day {
  const { rules } = facts;
  if (stay.end === NEVER || isCompleted(stay, rules)) return stay.end;
  return rules.policyOf(stay.huvudman).bridging ? bridgeEnd(stay, facts) : stay.end;
}

/**
 * The last day of the bridge behind a stay by its huvudman's policy, whether or not that huvudman bridges: days into the next
 * term, a least number of days, and never inside the window of a test that the pupil has begun, wherever and whenever that was, or
 * is assigned.
 */
export function bridgeEnd(stay: Stay, facts: BindingFacts): Day {
  const { rules } = facts;
  const policy = rules.policyOf(stay.huvudman);
  const nextTerm = rules.calendar.nextTerm(stay.end);
  let end = addDays(stay.end, policy.bridgeDaysMin);
  if (nextTerm) end = laterDay(end, addDays(nextTerm.startDate, policy.bridgeDaysIntoNextTerm));
  const bonds = [
    ...windowBonds(stay, schoolYearOf(stay.end), facts),
    ...begunBonds(stay, facts),
  ].sort((one, other) => (one.from < other.from ? -1 : 1));
  for (const { from, to } of bonds) if (from <= end && to > end) end = to;
  return end;
}
