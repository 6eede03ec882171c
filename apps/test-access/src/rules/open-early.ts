import { NEVER, addDays, type Day } from '#canonical';
import type { Rules } from './access-record.js';
import { isSamePlace } from './compare-entries.js';
import { pupilEntry, type DesiredEntry, type Entitlement } from './entitlement.js';
import type { PupilFacts } from './pupil-facts.js';
import type { Stay } from './trace-stays.js';

/** What begins soon may be used some days before, by its huvudman's policy: an entry that is no home yet, and has no tests. */
export function openEarly(facts: PupilFacts, wanted: Entitlement): Entitlement {
  const { today } = facts.rules;
  const entries: DesiredEntry[] = [];
  const wakes: Day[] = [];
  for (const stay of facts.stays) {
    const opens = opensOn(stay, facts.rules);
    if (stay.start <= today || opens === stay.start) continue;
    wakes.push(opens);
    const eppn = facts.eppnOf(stay);
    if (opens > today || eppn === null) continue;
    const entry = pupilEntry(stay, {
      eppn,
      home: false,
      held: 'enrolment',
      until: stay.isAdult && stay.end !== NEVER ? stay.end : undefined,
      rule: '6.7 opens early',
    });
    if (!wanted.entries.some((other) => isSamePlace(other, entry))) entries.push(entry);
  }
  return {
    ...wanted,
    entries: [...wanted.entries, ...entries],
    wakes: [...wanted.wakes, ...wakes],
  };
}

/** The first day on which the entry of a stay can be used. */
export function opensOn({ huvudman, start }: Stay, rules: Rules): Day {
  return addDays(start, -rules.policyOf(huvudman).opensDaysBefore);
}
