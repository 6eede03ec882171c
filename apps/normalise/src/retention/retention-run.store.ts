import type { Stage, Statement, UnitOfWork } from '#stage';
import type { KeptBecause } from './judge-retention.js';
import { FIRST_ID } from '../register/hub-ids.js';

export type KeptCounts = Partial<Record<KeptBecause, number>>;

/** One night's run, as the log of them shows it. */
export interface RetentionRun {
  /** The day on which the night began, in Sweden. */
  readonly night: string;
  readonly mode: 'dry-run' | 'erase';
  /** `stopped`: the mode was changed while it ran, so that it does no more. */
  readonly state: 'running' | 'done' | 'stopped';
  readonly beganAt: Date;
  readonly endedAt: Date | null;
  readonly lookedAt: number;
  /** Persons; in a dry run those who would have been. */
  readonly erased: number;
  /** By reason, those who were looked at and stay. */
  readonly kept: KeptCounts;
  /** Reports of presence that were deleted; in a dry run those that would have been. */
  readonly presence: number;
  /** Settled questions that were deleted. */
  readonly questions: number;
  readonly durationMs: number;
}

/** How far a run has come. */
export interface OpenRun extends Pick<RetentionRun, 'night' | 'mode' | 'kept'> {
  /** All ids up to this one have been looked at. */
  readonly passed: string;
}

const BEGIN: Statement = {
  name: 'normalise.begin-retention',
  text: `
    insert into normalise.retention_run (night, mode, state, began_at, passed)
    select $1::date, $2::text, 'running', $3::timestamptz, '${FIRST_ID}'::uuid
    where not exists (select from normalise.retention_run where state = 'running')
    on conflict (night) do nothing`,
};

/** Begins the night's run, unless it has begun or another has not ended. */
export function beginRun(
  unit: UnitOfWork,
  { night, mode }: Pick<RetentionRun, 'night' | 'mode'>,
): void {
  unit.write(BEGIN, [night, mode, unit.now]);
}

/** Whoever has it in hand holds its row until the chunk is stored: no two processes do one chunk, and a crash leaves it undone. */
const TAKE: Statement = {
  name: 'normalise.take-retention',
  text: `
    select night::text, mode, kept, passed from normalise.retention_run
    where state = 'running' order by night limit 1 for update skip locked`,
};

/** The run that is under way; undefined when there is none, or another process has it in hand. */
export async function takeRun(unit: UnitOfWork): Promise<OpenRun | undefined> {
  const [run] = await unit.query<OpenRun>(TAKE, []);
  return run;
}

const PASS: Statement = {
  name: 'normalise.pass-retention',
  text: `
    update normalise.retention_run set state = $2, ended_at = $3, passed = coalesce($4, passed), looked_at = looked_at + $5,
      erased = erased + $6, kept = $7::jsonb, duration_ms = duration_ms + $8, presence = presence + $9
    where night = $1`,
};

/** What one chunk has added to its run. */
export interface PassedChunk {
  readonly state: RetentionRun['state'];
  /** The last id that was looked at, if any was. */
  readonly passed?: string | undefined;
  readonly lookedAt: number;
  readonly erased: number;
  /** Of the whole run until now. */
  readonly kept: KeptCounts;
  readonly presence: number;
  readonly durationMs: number;
}

export function passRun(unit: UnitOfWork, { night }: OpenRun, chunk: PassedChunk): void {
  const { state, passed = null, lookedAt, erased, kept, presence, durationMs } = chunk;
  const endedAt = state === 'running' ? null : unit.now;
  unit.write(PASS, [night, state, endedAt, passed, lookedAt, erased, JSON.stringify(kept), durationMs, presence]); // prettier-ignore
}

/** A question is settled when no event waits for its answer any more; it would be asked anew if its source said the same again. */
const FORGET_QUESTIONS: Statement = {
  name: 'normalise.forget-questions',
  text: `
    with settled as (
      select id from normalise.question where since < $2
        and not exists (select from normalise.parked where parked.awaits = question.id and (parked.state = 'parked' or parked.ended_at > $2))
      order by since limit $3 for update skip locked),
    gone as (delete from normalise.question using settled where question.id = settled.id returning question.id)
    update normalise.retention_run set questions = questions + (select count(*) from gone) where night = $1`,
};

export function forgetQuestions(
  unit: UnitOfWork,
  { night }: OpenRun,
  { settledBefore, max }: { readonly settledBefore: Date; readonly max: number },
): void {
  unit.write(FORGET_QUESTIONS, [night, settledBefore, max]);
}

const READ_RUNS: Statement = {
  name: 'normalise.read-retention-runs',
  text: `
    select night::text, mode, state, began_at as "beganAt", ended_at as "endedAt", looked_at::int as "lookedAt", erased::int,
      kept, presence::int, questions::int, duration_ms::int as "durationMs"
    from normalise.retention_run order by night desc limit $1`,
};

/** The newest first. */
export function readRuns(stage: Pick<Stage, 'read'>, max: number): Promise<RetentionRun[]> {
  return stage.read<RetentionRun>(READ_RUNS, [max]);
}
