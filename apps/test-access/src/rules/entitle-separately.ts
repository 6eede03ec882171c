import { NEVER, addDays } from '#canonical';
import { pupilEntry, type Entitlement } from './entitlement.js';
import type { PupilFacts } from './pupil-facts.js';
import { opensOn } from './open-early.js';
import type { Stay } from './trace-stays.js';

/**
 * Rule 8: each stay by itself, to its own last day. No bridge, no holding, no contest: whatever one side did because of the other
 * would tell it of the other.
 */
export function entitleSeparately(facts: PupilFacts): Entitlement {
  const { today } = facts.rules;
  const active = facts.stays.filter(({ start, end }) => start <= today && end >= today);
  const home = active.find(({ isAdult }) => !isAdult);
  const early = facts.stays.filter(
    (stay) =>
      stay.start > today && opensOn(stay, facts.rules) <= today && facts.eppnOf(stay) !== null,
  );
  const isElsewhere = (stay: Stay) => !active.some((other) => isSameStayPlace(other, stay));
  const entries = [...active, ...early.filter(isElsewhere)].map((stay) =>
    pupilEntry(stay, {
      eppn: facts.eppnOf(stay),
      home: stay === home,
      held: 'enrolment',
      until: stay.end === NEVER ? undefined : stay.end,
      rule: '6.8 protected',
    }),
  );
  return {
    entries,
    standings: entries
      .filter(({ eppn }) => eppn === null)
      .map((about) => ({ state: 'awaiting', mustAct: 'huvudman', about })),
    seats: active,
    wakes: facts.stays.flatMap((stay) => [
      opensOn(stay, facts.rules),
      stay.start,
      addDays(stay.end, 1),
    ]),
  };
}

function isSameStayPlace(one: Stay, other: Stay): boolean {
  return (
    one.huvudman === other.huvudman &&
    one.schoolUnit === other.schoolUnit &&
    one.isAdult === other.isAdult
  );
}
