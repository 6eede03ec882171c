import type { AccessPolicy, AccessState, Day } from '#canonical';
import type { Calendar } from './arrange-calendar.js';

/** An absence that touches a test window; all that is kept of a presence report. */
export interface KeptAbsence {
  readonly id: string;
  readonly huvudman: string;
  readonly from: Day;
  readonly to: Day;
}

/** A pupil whose bridge is over and who has not been heard of since: nobody's entry any more, but somebody's concern. */
export interface Overdue {
  readonly huvudman: string;
  readonly schoolUnit: string;
  readonly since: string;
  /** The last day of the concern, where the end of the bridge was postponed; else it follows from the bridge. */
  readonly until?: Day;
}

/** An end that is due and is not acted on (design §6, rule 7). */
export interface PostponedEnd {
  /** The id of the access entry. */
  readonly entry: string;
  /** The last day on which the entry stood by itself. */
  readonly lastDay: Day;
  /** The reasons: `StaleKnowledge.because`. */
  readonly because: readonly string[];
}

/** What test-access keeps of one person: its decisions, and the few things that the facts of today no longer say. */
export interface AccessRecord {
  readonly access: AccessState;
  /** The EPPN last given, by `pupil/<huvudman>` and `staff/<huvudman>`: one that is taken away must not end an entry. */
  readonly eppns: Readonly<Record<string, string>>;
  readonly absences: readonly KeptAbsence[];
  readonly overdue?: Overdue;
  /** The last day on which this holds if no fact comes: what has ended after it has ended by time alone. */
  readonly holdsThrough?: Day;
  /** The entries that time alone would have ended (design §6, rule 7). */
  readonly postponed?: readonly PostponedEnd[];
  /** How many have been separated from this person: what they took along keeps its id, which must not be given again. */
  readonly separations?: number;
}

export const NO_ACCESS: AccessRecord = {
  access: { entries: [], standings: [], tests: [] },
  eppns: {},
  absences: [],
};

/** What the rules are handed beside the facts. */
export interface Rules {
  readonly today: Day;
  readonly calendar: Calendar;
  policyOf(huvudman: string): AccessPolicy;
}
