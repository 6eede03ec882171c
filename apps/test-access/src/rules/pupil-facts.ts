import type { AccessEntry, ReportedTest } from '#canonical';
import type { Rules } from './access-record.js';
import type { Participation } from './take-courses.js';
import type { Stay } from './trace-stays.js';

/** What the rules for pupils look at. */
export interface PupilFacts {
  readonly stays: readonly Stay[];
  readonly tests: readonly ReportedTest[];
  /** The courses that schools say the pupil takes. */
  readonly participations: readonly Participation[];
  readonly rules: Rules;
  readonly isProtected: boolean;
  eppnOf(stay: Stay): string | null;
  /** The usable entry that the pupil has had until now, the home first: what no decision of ours may take without another. */
  readonly present?: AccessEntry;
}
