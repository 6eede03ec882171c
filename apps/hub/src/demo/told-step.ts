import type { AccessState } from '#canonical';
import type { MoveStep, Saying, ToldEvent } from '#apps/sandbox';
import type { FollowedEvent } from './follow-topics.js';
import type { TrailStep } from './read-trail.js';

/** What one step of a history came to. */
export interface ToldStep {
  readonly step: MoveStep;
  readonly at: Date;
  readonly sayings: readonly Saying[];
  readonly canonical: readonly FollowedEvent[];
  readonly access: readonly FollowedEvent[];
  /** What each huvudman was told, the old school's first. */
  readonly told: readonly (readonly ToldEvent[])[];
  readonly trail: readonly TrailStep[];
  /** The pupil's access after the step. */
  readonly state: AccessState;
}
