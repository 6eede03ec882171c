import { SOURCE_KINDS, sourceTopic, type Stage } from '#canonical';

/** The stages in the order in which an event passes them, each with the consumer groups that it reads by. */
export interface PipelineStage {
  readonly stage: Stage;
  /** One inner list per group: the topics that the group reads. */
  readonly groups: readonly (readonly string[])[];
}

export const PIPELINE: readonly PipelineStage[] = [
  { stage: 'ingest', groups: [] },
  {
    stage: 'normalise',
    groups: [...SOURCE_KINDS.map((kind) => [sourceTopic(kind)]), ['admin.commands']],
  },
  { stage: 'test-access', groups: [['canonical.events'], ['findings'], ['admin.commands']] },
  { stage: 'publish', groups: [['canonical.events', 'access.events'], ['admin.commands']] },
  { stage: 'dashboard', groups: [['trail'], ['findings'], ['admin.commands']] },
];
