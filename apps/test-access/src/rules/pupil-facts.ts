import type { AccessEntry, ReportedTest } from '#canonical';
import type { Rules } from './access-record.js';
import type { Stay } from './trace-stays.js';

/** What the rules for pupils look at. */
export interface PupilFacts {
  readonly stays: readonly Stay[];
  readonly tests: readonly ReportedTest[];
  readonly rules: Rules;
  readonly isProtected: boolean;
  eppnOf(stay: Stay): string | null;
  /** The usable entry that the pupil has had until now, the home first: what no decision of ours may take without another. */
  readonly present?: AccessEntry;
}
