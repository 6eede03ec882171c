import type { AccessEntry, AccessStanding, Day } from '#canonical';
import type { Stay } from './trace-stays.js';

/** An entry as the rules want it today; it has no id and no history yet. */
export interface DesiredEntry extends Omit<AccessEntry, 'id' | 'since' | 'because'> {
  /** The rule of design §6 that wants it. */
  readonly rule: string;
}

/** A standing as the rules want it today, about one of the desired entries or about a place that has none. */
export interface DesiredStanding extends Pick<AccessStanding, 'state' | 'until' | 'mustAct'> {
  readonly about: DesiredEntry | Pick<AccessStanding, 'huvudman' | 'schoolUnit'>;
}

/** What the rules want for a person today. */
export interface Entitlement {
  readonly entries: readonly DesiredEntry[];
  readonly standings: readonly DesiredStanding[];
  /** Where tests are assigned: school type and year, at the unit where the pupil writes. */
  readonly seats: readonly Stay[];
  /** The place whose bridge is over without a join, and through which day a person is told of it (rule 3). */
  readonly overdue?: Pick<Stay, 'huvudman' | 'schoolUnit'> & { readonly until: Day };
  /** Days on which time alone may change this; those gone by do not matter. */
  readonly wakes: readonly Day[];
}

/** The entry of a pupil at a stay. */
export function pupilEntry(
  stay: Pick<Stay, 'huvudman' | 'schoolUnit' | 'schoolType'>,
  says: Pick<DesiredEntry, 'eppn' | 'home' | 'held' | 'until' | 'rule'>,
): DesiredEntry {
  return {
    huvudman: stay.huvudman,
    schoolUnit: stay.schoolUnit,
    schoolType: stay.schoolType,
    role: 'pupil',
    requiredAssurance: 'none',
    ...says,
  };
}
