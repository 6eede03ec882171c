import type { LocalServices } from '#local-services';
import type { FaultProxy, SeededRandom } from '#testing';
import type { StageProcess } from './stage-processes.js';

export const STAGE_NAMES = ['ingest', 'normalise', 'test-access', 'publish', 'dashboard'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** What a strike can reach. */
export interface Battlefield {
  readonly services: LocalServices;
  readonly proxies: readonly FaultProxy[];
  readonly stages: Readonly<Record<StageName, StageProcess>>;
  /** Second processes of stages, which join and leave. */
  readonly seconds: readonly StageProcess[];
  readonly directory: string;
  readonly random: SeededRandom;
}
