import type { Duty, PersonState } from '#canonical';
import { followsUnit } from '../claim/merge-claims.js';
import type { Register } from '../register/register.js';
import { partsOf, yieldToOwner } from '../succession/carry-over.js';

/** Beyond these a person's oldest duties are left out of the person's state (bound of `PersonState`). */
export const DUTIES_MAX = 200;

/**
 * A duty at a unit that has gone to another owner, in parts: each is the huvudman's that had the unit then. It ends with its unit.
 */
export function dutyParts(
  duty: Duty,
  { securityMarking }: Pick<PersonState, 'securityMarking'>,
  { history }: Pick<Register, 'history'>,
): readonly Duty[] {
  const closedOn = history.closedOn(duty.schoolUnit);
  const isLonger = closedOn !== undefined && (duty.endDate ?? closedOn) >= closedOn;
  const ending = isLonger ? { ...duty, endDate: closedOn } : duty;
  return followsUnit(securityMarking)
    ? partsOf(ending, history.ownersOf(duty.schoolUnit))
    : [ending];
}

/**
 * A person's duties as they are told, the latest first: once the new owner of a unit says itself what the person does there, in whatever
 * role, what was carried over ends.
 */
export function tellDuties(parts: readonly Duty[]): Duty[] {
  const duties = [...yieldToOwner(parts, ({ schoolUnit }) => schoolUnit)];
  return duties.sort(byLatestStart).slice(0, DUTIES_MAX);
}

function byLatestStart(left: Duty, right: Duty): number {
  if (left.startDate !== right.startDate) return left.startDate > right.startDate ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}
