import { SOURCE_KINDS, sourceTopic, type Stage } from '#canonical';

/** The stages in the order in which an event passes them, each with the consumer groups that it reads by. */
export interface PipelineStage {
  readonly stage: Stage;
  /** One inner list per group: the topics that the group reads. */
  readonly groups: readonly (readonly string[])[];
  /** The door has no store; it tells of events, but not that it lives. */
  readonly givesSigns: boolean;
}

export const PIPELINE: readonly PipelineStage[] = [
  { stage: 'ingest', groups: [], givesSigns: false },
  { stage: 'normalise', groups: SOURCE_KINDS.map((kind) => [sourceTopic(kind)]), givesSigns: true },
  { stage: 'test-access', groups: [['canonical.events']], givesSigns: true },
  { stage: 'publish', groups: [['canonical.events', 'access.events']], givesSigns: true },
  { stage: 'dashboard', groups: [['trail'], ['findings']], givesSigns: true },
];
