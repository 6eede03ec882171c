import type { OpenFinding, FindingCount } from '../trail/finding.store.js';
import type { StageProcess } from '../trail/process.store.js';
import type { StageActivity, StageSign } from '../trail/trail.store.js';
import { SILENT_AFTER_MS, describeProcesses, type ProcessesView } from './describe-processes.js';
import type { PipelineStage } from './pipeline.js';

/** How far one consumer group is behind. */
export interface GroupLag {
  readonly stage: string;
  readonly group: string;
  readonly events: number;
  readonly seconds: number;
}

/** All that was seen at one look. */
export interface Figures {
  readonly at: Date;
  /** Undefined when Kafka did not answer. */
  readonly lags: readonly GroupLag[] | undefined;
  readonly activity: readonly StageActivity[];
  readonly signs: readonly StageSign[];
  /** In the order in which they began. */
  readonly processes: readonly StageProcess[];
  readonly findings: readonly OpenFinding[];
  readonly findingCounts: readonly FindingCount[];
}

/**
 * `silent`: no sign of life; `stopped`: it ended in order; `unsteady`: its processes end again and again; `short`: one of several is
 * gone; `behind`: events wait longer than they should; `attention`: it runs, and something is parked.
 */
export type StageState =
  'ok' | 'attention' | 'behind' | 'short' | 'unsteady' | 'stopped' | 'silent';

export interface StageView {
  readonly stage: string;
  readonly state: StageState;
  readonly lagEvents: number | null;
  readonly lagSeconds: number | null;
  readonly groups: readonly Omit<GroupLag, 'stage'>[];
  readonly lastBatchAt: string | null;
  readonly lastSignAt: string | null;
  /** Over the last minutes, `overMinutes` of the overview. */
  readonly events: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly parkedEvents: number;
  readonly processes: ProcessesView;
}

export interface ParkedView {
  readonly stage: string;
  readonly code: string;
  readonly causeGroup: string;
  readonly events: number;
  readonly since: string;
}

export interface MoveView {
  readonly cause: string;
  readonly person: string | null;
  readonly huvudman: string | null;
  readonly since: string;
  readonly mustAct: string;
}

/** A source that has said nothing for longer than its contract allows. */
export interface SilentSourceView {
  readonly source: string;
  readonly huvudman: string | null;
  readonly since: string;
}

export interface Overview {
  readonly at: string;
  readonly overMinutes: number;
  readonly kafkaAnswers: boolean;
  readonly stages: readonly StageView[];
  readonly parked: readonly ParkedView[];
  /** Pupils between two schools, or whose access needs somebody: the oldest first, and not all when there are many. */
  readonly moves: readonly MoveView[];
  readonly movesTotal: number;
  /** The longest silent first. */
  readonly silentSources: readonly SilentSourceView[];
  readonly findings: readonly { cause: string; findings: number; since: string }[];
}

export const OVER_MINUTES = 5;
const BEHIND_AFTER_SECONDS = 60;
const MOVES_SHOWN_MAX = 50;

/** Findings of test access: each is one pupil whose access somebody must know of. */
export const MOVE_CAUSES = [
  'access-gap',
  'move-awaiting',
  'bridge-over',
  'access-contested',
  'access-bridged',
  'access-postponed',
] as const;
export type MoveCause = (typeof MOVE_CAUSES)[number];

export const SILENT_SOURCE = 'source-silent';

/** What the page and `GET /v1/overview` say, from what was seen. */
export function describeOverview(pipeline: readonly PipelineStage[], figures: Figures): Overview {
  const moves = figures.findings.filter(({ cause }) => isMove(cause));
  const parked = figures.signs
    .flatMap(({ stage, parked: groups }) => groups.map((group) => ({ stage, ...group })))
    .sort((a, b) => b.events - a.events);
  return {
    at: figures.at.toISOString(),
    overMinutes: OVER_MINUTES,
    kafkaAnswers: figures.lags !== undefined,
    stages: pipeline.map((stage) => describeStage(stage, figures)),
    parked,
    moves: moves.slice(0, MOVES_SHOWN_MAX).map(({ cause, subject, huvudman, since, mustAct }) => ({
      cause,
      person: subject,
      huvudman,
      since: since.toISOString(),
      mustAct,
    })),
    movesTotal: sum(
      figures.findingCounts.filter(({ cause }) => isMove(cause)),
      (one) => one.findings,
    ),
    silentSources: figures.findings
      .filter(({ cause }) => cause === SILENT_SOURCE)
      .flatMap(({ source, huvudman, since }) =>
        source === null ? [] : [{ source, huvudman, since: since.toISOString() }],
      ),
    findings: figures.findingCounts.map((count) => ({
      ...count,
      since: count.since.toISOString(),
    })),
  };
}

function describeStage({ stage }: PipelineStage, figures: Figures): StageView {
  const activity = figures.activity.find((one) => one.stage === stage);
  const sign = figures.signs.find((one) => one.stage === stage);
  const groups = figures.lags?.filter((lag) => lag.stage === stage) ?? [];
  const lagSeconds = Math.max(0, ...groups.map(({ seconds }) => seconds));
  const parkedEvents = sum(sign?.parked ?? [], ({ events }) => events);
  const processes = describeProcesses(
    figures.processes.filter((one) => one.stage === stage),
    figures.at,
  );
  const isSilent = figures.at.getTime() - (sign?.at.getTime() ?? 0) > SILENT_AFTER_MS;
  return {
    stage,
    state: stateOf({ isSilent, lagSeconds, parkedEvents, processes }),
    lagEvents: figures.lags ? sum(groups, ({ events }) => events) : null,
    lagSeconds: figures.lags ? lagSeconds : null,
    groups: groups.map(({ group, events, seconds }) => ({ group, events, seconds })),
    lastBatchAt: activity?.lastBatchAt.toISOString() ?? null,
    lastSignAt: sign?.at.toISOString() ?? null,
    events: activity?.events ?? 0,
    outcomes: activity?.outcomes ?? {},
    parkedEvents,
    processes,
  };
}

function stateOf(seen: {
  isSilent: boolean;
  lagSeconds: number;
  parkedEvents: number;
  processes: ProcessesView;
}): StageState {
  if (seen.processes.isStopped) return 'stopped';
  if (seen.isSilent) return 'silent';
  if (seen.processes.isUnsteady) return 'unsteady';
  if (seen.processes.missing > 0) return 'short';
  if (seen.lagSeconds > BEHIND_AFTER_SECONDS) return 'behind';
  return seen.parkedEvents > 0 ? 'attention' : 'ok';
}

function isMove(cause: string): cause is MoveCause {
  return (MOVE_CAUSES as readonly string[]).includes(cause);
}

function sum<T>(things: readonly T[], of: (thing: T) => number): number {
  return things.reduce((total, thing) => total + of(thing), 0);
}
