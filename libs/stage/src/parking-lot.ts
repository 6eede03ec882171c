import { classifyError } from './classify-error.js';
import { keptRecord, readRecord } from './read-record.js';
import type { Database } from '#database';
import type { CallHandler } from '#kafka';
import type { StageStatements } from './stage-statements.js';
import { isRetriedByTime, type Unit } from './unit.js';
import type { Statement } from './unit-of-work.js';

const RETRY_POLL_MS = 2_000;
const RETRIED_AT_ONCE = 200;
const LOT_LOCK_SPACE = 0x656c7031;
/** Attempt 1 comes 5 s after parking (unit.ts); then these pauses, the last one again and again. */
const RETRY_PAUSES_MS = [5_000, 30_000, 120_000, 600_000, 3_600_000];

interface LockedRow {
  topic: string;
  partition: number;
  record_offset: number;
  key: string;
  headers: Record<string, string>;
  value: Buffer | null;
  attempts: number;
}

export interface ParkedCount {
  readonly code: string;
  readonly cause_group: string;
  readonly events: number;
  readonly since: Date;
}

/** What the parking lot needs of its stage. */
export interface ParkingLotHost {
  readonly schema: string;
  readonly database: Database;
  readonly statements: StageStatements;
  transaction<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  read<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
  handlerOf(topic: string): CallHandler | undefined;
  reportBug(lane: undefined, error: unknown): void;
}

/**
 * Events that cannot be used now. They are tried again by the arrival of what they await, by time, or by a human: the oldest of each
 * object first, one at a time, through the same handler in a transaction of its own.
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
      let retried = 0;
      try {
        retried = await this.retryDue();
      } catch (error) {
        if (classifyError(error) === 'bug') this.stage.reportBug(undefined, error);
      }
      if (retried < RETRIED_AT_ONCE && !this.poked && this.going) await this.sleep(RETRY_POLL_MS);
    }
  }

  private async retryDue(): Promise<number> {
    const { stage } = this;
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
      if (!row?.held) return 0;
      try {
        const due = await session.query<{ id: number }>(stage.statements.dueParked, [
          RETRIED_AT_ONCE,
        ]);
        for (const { id } of due) {
          if (!this.going) break;
          await this.retry(id);
        }
        return due.length;
      } finally {
        await session.query(unlock, [LOT_LOCK_SPACE, stage.schema]).catch(() => undefined);
      }
    });
  }

  /** Tries one parked event again. One that still cannot be used stays, with its new reason and a later time. */
  private async retry(id: number): Promise<void> {
    const { stage } = this;
    try {
      await stage.transaction(async (unit) => {
        const [row] = await unit.query<LockedRow>(stage.statements.lockParked, [id]);
        const call = row && stage.handlerOf(row.topic);
        if (!row || !call) return;
        const record = {
          offset: row.record_offset,
          key: Buffer.from(row.key),
          value: row.value,
          headers: row.headers,
          timestampMs: 0,
        };
        const read = readRecord(row, record);
        if (!read.ok)
          return unit.query(stage.statements.endParked, [id, 'discarded']).then(() => undefined);
        unit.keepWith(() => keptRecord(record));
        await call({ topic: row.topic, partition: row.partition, events: [read.event], unit });
        const again = unit.parked[0]?.reason;
        if (!again) {
          await unit.query(stage.statements.endParked, [id, 'retried']);
          this.poke();
          return;
        }
        const { code, causeGroup, issues, awaits } = again;
        const due = isRetriedByTime(again) ? new Date(Date.now() + pauseAfter(row.attempts)) : null;
        await unit.query(stage.statements.postponeParked, [
          id,
          code,
          causeGroup,
          JSON.stringify(issues),
          awaits ?? null,
          due,
        ]);
      });
    } catch (error) {
      if (classifyError(error) !== 'bug') throw error;
      stage.reportBug(undefined, error);
      const issues = [
        { pointer: '/', says: 'Elevnav could not handle this event; an operator has been told.' },
      ];
      await stage.read(stage.statements.postponeParked, [
        id,
        'bug',
        'retry',
        JSON.stringify(issues),
        null,
        null,
      ]);
    }
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
