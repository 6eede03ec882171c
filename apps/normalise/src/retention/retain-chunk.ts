import type { UnitOfWork } from '#stage';
import type { RegisterKeys } from '../register/register-keys.js';
import { findDormant, readDormant, type Reader } from './dormant-person.store.js';
import { ErasablePersons } from './erase-persons.js';
import { countPresence, forgetPresence, type PresenceLimit } from './presence.store.js';
import { judgeRetention, type KeptBecause, type RetentionRules } from './judge-retention.js';
import { forgetQuestions, passRun, takeRun, type KeptCounts, type OpenRun, type RetentionRun } from './retention-run.store.js'; // prettier-ignore

const DAY_MS = 86_400_000;
/** So many persons in one transaction; erasing writes all that hangs on them, thousands of reports of a pupil among it. */
export const CHUNK_PERSONS = { 'dry-run': 500, erase: 50 } as const;
/** So many reports of presence in one transaction. */
export const CHUNK_REPORTS = 5_000;
/** What is left is deleted in the next night. */
const QUESTIONS_MAX = 20_000;

/** What one step of a run did; `isIdle` when nothing is left to do now. */
export interface RetainedChunk {
  readonly run: OpenRun;
  /** The hub's ids. In a dry run nobody. */
  readonly erased: readonly string[];
  /** The cause that the events about them name. */
  readonly cause: string;
  readonly state: RetentionRun['state'];
}

interface Around {
  readonly keys: RegisterKeys;
  readonly mode: 'dry-run' | 'erase';
  readonly rules: RetentionRules;
  /** Nobody is looked at who has been dormant for less. */
  readonly dormantBefore: Date;
  readonly questionDays: number;
  readonly presence: readonly PresenceLimit[];
}

/**
 * One step of the run that is under way: the next persons are judged, and, unless it is a dry run, those whose time is over erased
 * under their locks. How far it has come is stored with it, so that a crash repeats no step and leaves none out. A run whose mode is
 * no longer the one in force ends here.
 * @returns undefined when no run is under way, or another process has it in hand.
 */
export async function retainChunk(
  unit: UnitOfWork,
  around: Around,
): Promise<RetainedChunk | undefined> {
  const startedMs = performance.now();
  const run = await takeRun(unit);
  if (run === undefined) return undefined;
  const tally = { lookedAt: 0, erased: 0, kept: run.kept, presence: 0 };
  if (run.mode !== around.mode) {
    passRun(unit, run, { ...tally, state: 'stopped', durationMs: 0 });
    return { run, erased: [], cause: '', state: 'stopped' };
  }
  const read: Reader = (statement, parameters) => unit.query(statement, parameters);
  const max = CHUNK_PERSONS[run.mode];
  const ids = await findDormant(read, { after: run.passed, since: around.dormantBefore, max });
  const isErasing = run.mode === 'erase';
  const locked = isErasing ? await ErasablePersons.lock(unit, ids, around.keys) : undefined;
  // Read under the locks: whoever has come back since they were found is dormant no more.
  const judged = await judge(read, ids, around.rules);
  const cause = locked?.erase(judged.due, run.night) ?? '';
  const presence = ids.length < max ? await retainPresence(unit, read, around) : undefined;
  const state = presence?.isDone ? 'done' : 'running';
  passRun(unit, run, {
    state,
    passed: ids.at(-1),
    lookedAt: judged.lookedAt,
    erased: judged.due.length,
    kept: addCounts(run.kept, judged.kept),
    presence: presence?.reports ?? 0,
    durationMs: Math.round(performance.now() - startedMs),
  });
  if (isErasing && state === 'done') {
    const settledBefore = new Date(unit.now.getTime() - around.questionDays * DAY_MS);
    forgetQuestions(unit, run, { settledBefore, max: QUESTIONS_MAX });
  }
  return { run, erased: isErasing ? judged.due : [], cause, state };
}

/** Reports of presence whose time is over, after the persons, whose erasure takes theirs along. */
async function retainPresence(
  unit: UnitOfWork,
  read: Reader,
  { mode, presence }: Around,
): Promise<{ readonly reports: number; readonly isDone: boolean }> {
  if (mode === 'dry-run') return { reports: await countPresence(read, presence), isDone: true };
  const reports = await forgetPresence(unit, presence, CHUNK_REPORTS);
  return { reports, isDone: reports < CHUNK_REPORTS };
}

async function judge(read: Reader, ids: readonly string[], rules: RetentionRules) {
  const due: string[] = [];
  const kept: Partial<Record<KeptBecause, number>> = {};
  const persons = await readDormant(read, ids);
  for (const person of persons) {
    const verdict = judgeRetention(person, rules);
    if (verdict.kept === undefined) due.push(person.id);
    else kept[verdict.kept] = (kept[verdict.kept] ?? 0) + 1;
  }
  return { due, kept, lookedAt: persons.length };
}

function addCounts(one: KeptCounts, other: KeptCounts): KeptCounts {
  const sum = { ...one };
  for (const [reason, count] of Object.entries(other) as [KeptBecause, number][]) {
    sum[reason] = (sum[reason] ?? 0) + count;
  }
  return sum;
}
