import type { Log, Metrics, PeriodicTasks } from '#runtime';
import type { Stage } from '../stage.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { REPLAY_CHUNK, type Replay, type ReplayTable, type ReplayedChunk } from './replay-table.js'; // prettier-ignore

const SECOND_MS = 1_000;

/** How a stage replays what it keeps. */
export interface ReplayWork<Phase extends string> {
  readonly table: ReplayTable<Phase>;
  /** What the counter of what was replayed counts. */
  readonly counts: string;
  readonly perSecond: number;
  /** What the log says when a chunk could not be replayed, without a full stop. */
  readonly failure: string;
  /** Tells the present state of what comes after `passed`, at most `REPLAY_CHUNK`, under its locks. */
  next(unit: UnitOfWork, replay: Replay<Phase>): Promise<ReplayedChunk>;
}

/**
 * Replays when an administrator has asked for it, no faster than `perSecond`, so that what happens now is not held up. Every process of
 * the stage looks; one at a time has it in hand. How far it has come is stored with each chunk, and a restart goes on where it stood.
 */
export function replayByTime<Phase extends string>(
  work: ReplayWork<Phase>,
  host: { stage: Stage; tasks: PeriodicTasks; metrics: Metrics; log: Log },
): void {
  const { stage, tasks, metrics, log } = host;
  const counter = metrics.counter(`elevnav_${stage.schema}_replayed_total`, work.counts);
  const step = async (): Promise<void> => {
    const chunk = await stage.transaction((unit) => replayChunk(unit, work));
    if (chunk === undefined) return;
    counter.add(chunk.replayed);
    const { cause, isDone } = chunk;
    if (isDone) log.line({ outcome: 'done', what: 'replay', cause });
  };
  tasks.add({
    name: `${stage.name}.replay`,
    everyMs: (REPLAY_CHUNK / work.perSecond) * SECOND_MS,
    run: step,
    failure: work.failure,
  });
}

/** Undefined when nothing is under way, or another process has it in hand. */
async function replayChunk<Phase extends string>(
  unit: UnitOfWork,
  { table, next }: ReplayWork<Phase>,
): Promise<{ cause: string; replayed: number; isDone: boolean } | undefined> {
  const replay = await table.take(unit);
  if (replay === undefined) return undefined;
  const chunk = await next(unit, replay);
  const isDone = table.pass(unit, replay.phase, chunk);
  return { cause: replay.cause, replayed: chunk.replayed, isDone };
}
