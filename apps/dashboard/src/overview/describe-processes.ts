import type { StageProcess } from '../trail/process.store.js';

/** How long what happened to a process stays on the page. */
export const PROCESSES_OVER_MINUTES = 15;
/** A process gives a sign every 5 s. Three missed ones are no accident. */
export const SILENT_AFTER_MS = 15_000;
/** When another has begun since, one missed sign is enough to say that it took over. */
const REPLACED_AFTER_MS = 8_000;
/** So many ends without order within the minutes above: it does not settle by itself. */
const CRASHES_TOLERATED = 2;

/** What happened to the processes of one stage lately. */
export interface ProcessesView {
  /** Processes that give signs now. */
  readonly alive: number;
  /** Processes that fell silent and that none has replaced. */
  readonly missing: number;
  /** When the youngest process took over from one that ended, and how that ended; null when none did. */
  readonly restartedAt: string | null;
  /** Replaced processes that fell silent without a word: killed or crashed. */
  readonly crashes: number;
  /** Replaced processes that ended in order. */
  readonly stops: number;
  /** The last process of the stage ended in order and nothing has begun since. */
  readonly isStopped: boolean;
  readonly isUnsteady: boolean;
}

/** @param processes of one stage, in the order in which they began. */
export function describeProcesses(processes: readonly StageProcess[], now: Date): ProcessesView {
  const silentMs = ({ at }: StageProcess): number => now.getTime() - at.getTime();
  const alive = processes.filter((one) => !one.ended && silentMs(one) <= SILENT_AFTER_MS);
  const gone = processes
    .filter((one) => one.ended || silentMs(one) > REPLACED_AFTER_MS)
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  const pairs = replacementsOf(gone, processes);
  const replaced = new Set(pairs.map(({ before }) => before));
  const missing = gone.filter(
    (one) => !one.ended && silentMs(one) > SILENT_AFTER_MS && !replaced.has(one),
  );
  const crashes = pairs.filter(({ before }) => !before.ended).length;
  const lastMs = Math.max(...pairs.map(({ after }) => after.startedAt.getTime()));
  return {
    alive: alive.length,
    missing: missing.length,
    restartedAt: pairs.length > 0 ? new Date(lastMs).toISOString() : null,
    crashes,
    stops: pairs.length - crashes,
    isStopped: alive.length === 0 && missing.length === 0 && (gone.at(-1)?.ended ?? false),
    isUnsteady: crashes > CRASHES_TOLERATED,
  };
}

/** Each process that is gone with the first one that began after its last sign; no process takes over twice. */
function replacementsOf(
  gone: readonly StageProcess[],
  all: readonly StageProcess[],
): { before: StageProcess; after: StageProcess }[] {
  const free = new Set(all);
  return gone.flatMap((before) => {
    const after = [...free].find(({ startedAt }) => startedAt > before.at);
    if (!after) return [];
    free.delete(after);
    return [{ before, after }];
  });
}
