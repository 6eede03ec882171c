import type { FindingData } from '#canonical';
import type { UnitOfWork } from '#stage';
import { isStatusHeld } from '../claim/merge-claims.js';
import { asClaim, type PersonRecord } from '../register/records.js';

const CAUSE = 'person-status-held';

/**
 * Tells of whom a death or an emigration is held, since registers contradict each other (design §6.3): a finding that is opened when they
 * come to, and closed when they agree, when one of them drops the person, and when there is no such person any more. Only the operator is
 * told: it names no huvudman and no source, since a register that states a death must not learn that the pupil is elsewhere too.
 */
export function tellHeldStatuses(unit: UnitOfWork, persons: Iterable<PersonRecord>): void {
  for (const person of persons) {
    const finding = noteHeldStatus(person, unit.now);
    if (finding !== undefined) unit.finding(finding);
  }
}

/** Notes since when a status of the person is held. @returns undefined when nothing has changed. */
export function noteHeldStatus(
  person: PersonRecord,
  now: Date,
): Omit<FindingData, 'stage'> | undefined {
  const since = person.statusHeldSince ?? null;
  const isHeld = isHeldNow(person) ?? since !== null;
  if (isHeld === (since !== null)) return undefined;
  Object.assign(person, { statusHeldSince: isHeld ? now : null, isChanged: true });
  return {
    id: `${CAUSE}/${person.id}`,
    state: isHeld ? 'opened' : 'closed',
    cause: CAUSE,
    subject: person.id,
    since: (since ?? now).toISOString(),
    mustAct: isHeld ? 'operator' : 'nobody',
  };
}

/** Undefined where the claims were not read: nothing of them has changed then. */
function isHeldNow({
  isNew,
  isEnded,
  state,
  claims,
  areClaimsRead,
}: PersonRecord): boolean | undefined {
  if (isEnded || state?.standing === 'erased') return false;
  return isNew || areClaimsRead ? isStatusHeld(claims.map(asClaim)) : undefined;
}
