import { bugReason } from './bug-reason.js';
import { classifyError } from './classify-error.js';
import { keptRecord, readRecord } from './read-record.js';
import type { Database } from '#database';
import type { CallHandler } from '#kafka';
import { PORTION_EVERY_MS, type Retries } from './retry/retries.js';
import type { StageStatements } from './stage-statements.js';
import { isRetriedByTime, type Unit } from './unit.js';
import type { ParkReason, ReceivedEvent, Statement } from './unit-of-work.js';

const RETRY_POLL_MS = 2_000;
const RETRIED_AT_ONCE = 200;
const LOT_LOCK_SPACE = 0x656c7031;
/** Attempt 1 comes 5 s after parking (unit.ts); then these pauses, the last one again and again. */
const RETRY_PAUSES_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000];

/** What one look at the lot came to. */
interface Round {
  readonly tried: number;
  /** Whether an administrator’s retry is under way. */
  readonly isAsked: boolean;
}

const NOTHING: Round = { tried: 0, isAsked: false };

interface DueRow {
  id: number;
  topic: string;
}

interface LockedRow {
  id: number;
  topic: string;
  partition: number;
  record_offset: number;
  key: string;
  headers: Record<string, string>;
  value: Buffer | null;
  attempts: number;
  is_asked: boolean;
}

export interface ParkedCount {
  readonly code: string;
  readonly cause_group: string;
  readonly events: number;
  readonly since: Date;
}

interface Postponed {
  readonly id: number;
  readonly attempts: number;
  readonly reason: ParkReason;
  readonly subject: string | null;
}

/** What the parking lot needs of its stage. */
export interface ParkingLotHost {
  readonly schema: string;
  readonly database: Database;
  readonly statements: StageStatements;
  readonly retries: Pick<Retries, 'askForMore'>;
  /** The topics that this process handles; those of its stage that it does not are another's. */
  readonly topics: readonly string[];
  transaction<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  read<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
  handlerOf(topic: string): CallHandler | undefined;
  reportBug(lane: undefined, error: unknown): void;
}

/**
 * Events that cannot be used now. They are tried again by the arrival of what they await, by time, or by a human: the oldest of each
 * object first, so that of each object one is tried at a time, through the same handler, some together in one transaction.
 */
export class ParkingLot {
  private going = false;
  private ended: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private poked = false;

  constructor(private readonly stage: ParkingLotHost) {}

  start(): void {
    this.going = true;
    this.ended = this.run();
  }

  async stop(): Promise<void> {
    this.going = false;
    this.poke();
    await this.ended;
  }

  poke(): void {
    this.poked = true;
    this.wake?.();
  }

  /** Parked events by code and cause group, most first. */
  counts(): Promise<ParkedCount[]> {
    return this.stage.read<ParkedCount>(this.stage.statements.parkedCounts, []);
  }

  private async run(): Promise<void> {
    while (this.going) {
      this.poked = false;
      let round = NOTHING;
      try {
        round = await this.retryDue();
      } catch (error) {
        if (classifyError(error) === 'bug') this.stage.reportBug(undefined, error);
      }
      const isFull = round.tried >= RETRIED_AT_ONCE;
      if (isFull || this.poked || !this.going) continue;
      await this.sleep(round.isAsked ? PORTION_EVERY_MS : RETRY_POLL_MS);
    }
  }

  private async retryDue(): Promise<Round> {
    const { stage } = this;
    const { topics } = stage;
    if (topics.length === 0) return NOTHING;
    return stage.database.session(async (session) => {
      const lock = {
        name: 'stage.lot-lock',
        text: 'select pg_try_advisory_lock($1, hashtext($2)) as held',
      };
      const unlock = {
        name: 'stage.lot-unlock',
        text: 'select pg_advisory_unlock($1, hashtext($2))',
      };
      const [row] = await session.query<{ held: boolean }>(lock, [LOT_LOCK_SPACE, stage.schema]);
      if (!row?.held) return NOTHING;
      try {
        const isAsked = await stage.retries.askForMore(topics);
        const due = await session.query<DueRow>(stage.statements.dueParked, [RETRIED_AT_ONCE, topics]); // prettier-ignore
        for (const [topic, ids] of byTopic(due)) {
          if (!this.going) break;
          await this.retry(topic, ids);
        }
        return { tried: due.length, isAsked };
      } finally {
        await session.query(unlock, [LOT_LOCK_SPACE, stage.schema]).catch(() => undefined);
      }
    });
  }

  /** Tries parked events of one topic again, together: they are of different objects. One with a fault of ours stands alone in the end. */
  private async retry(topic: string, ids: readonly number[]): Promise<void> {
    try {
      await this.retryTogether(topic, ids);
    } catch (error) {
      if (classifyError(error) !== 'bug') throw error;
      if (ids.length > 1) {
        for (const id of ids) await this.retry(topic, [id]);
        return;
      }
      this.stage.reportBug(undefined, error);
      const reason = bugReason(topic, error);
      await this.stage.read(
        this.stage.statements.postponeParked,
        postponements([{ id: ids[0]!, attempts: 0, reason, subject: null }]),
      );
    }
  }

  /** Those that still cannot be used stay, with their new reason and a later time. */
  private async retryTogether(topic: string, ids: readonly number[]): Promise<void> {
    const { stage } = this;
    const call = stage.handlerOf(topic);
    if (!call) return;
    await stage.transaction(async (unit) => {
      const rows = await unit.query<LockedRow>(stage.statements.lockParked, [ids]);
      const rowOf = new Map<ReceivedEvent, LockedRow>();
      const postponed: Postponed[] = [];
      const discarded: number[] = [];
      for (const row of rows) {
        const read = readRecord(row, recordOf(row));
        if (read.ok) rowOf.set(read.event, row);
        // Whoever asks for a retry gives nothing up by it.
        else if (row.is_asked)
          postponed.push({ ...row, reason: read.parked.reason, subject: null });
        else discarded.push(row.id);
      }
      unit.keepWith((event) => keptRecord(recordOf(rowOf.get(event)!)));
      const events = [...rowOf.keys()];
      if (events.length > 0) await call({ events, unit });
      const again = new Map(unit.parked.map(({ event, reason }) => [event, reason]));
      const retried: number[] = [];
      for (const [event, { id, attempts }] of rowOf) {
        const reason = again.get(event);
        if (reason) postponed.push({ id, attempts, reason, subject: unit.subjectOf({ event }) });
        else retried.push(id);
      }
      if (discarded.length > 0)
        await unit.query(stage.statements.endParked, [discarded, 'discarded']);
      if (retried.length > 0) await unit.query(stage.statements.endParked, [retried, 'retried']);
      if (postponed.length > 0)
        await unit.query(stage.statements.postponeParked, postponements(postponed));
      if (retried.length > 0) this.poke();
    });
  }

  private async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
      this.wake = resolve;
    });
    this.wake = undefined;
    clearTimeout(timer);
  }
}

function pauseAfter(attempts: number): number {
  return RETRY_PAUSES_MS[Math.min(attempts, RETRY_PAUSES_MS.length - 1)]!;
}

const TOGETHER_MAX = 50;

/** The ids of each topic, in the order of the rows, at most so many at a time. */
function* byTopic(rows: readonly DueRow[]): Generator<[string, number[]]> {
  for (const topic of new Set(rows.map((row) => row.topic))) {
    const ids = rows.filter((row) => row.topic === topic).map(({ id }) => id);
    for (let at = 0; at < ids.length; at += TOGETHER_MAX) {
      yield [topic, ids.slice(at, at + TOGETHER_MAX)];
    }
  }
}

function recordOf(row: LockedRow) {
  const { record_offset: offset, key, value, headers } = row;
  return { offset, key: Buffer.from(key), value, headers, timestampMs: 0 };
}

/** The parameters of `postponeParked`: one array per column. */
function postponements(rows: readonly Postponed[]): unknown[] {
  return [
    rows.map(({ id }) => id),
    rows.map(({ reason }) => reason.code),
    rows.map(({ reason }) => reason.causeGroup),
    rows.map(({ reason }) => JSON.stringify(reason.issues)),
    rows.map(({ reason }) => reason.awaits ?? null),
    rows.map(({ reason, attempts }) =>
      isRetriedByTime(reason) ? new Date(Date.now() + pauseAfter(attempts)) : null,
    ),
    rows.map(({ subject }) => subject),
  ];
}
