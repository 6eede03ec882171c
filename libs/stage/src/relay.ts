import { topicRow } from '#canonical';
import type { Database, Session } from '#database';
import { KafkaBusy, type EventProducer, type OutgoingRecord } from '#kafka';
import { STAMP_HEADER } from './forgotten-records.js';
import { FreshRows } from './fresh-rows.js';
import { OutboxFloor, type OutboxReading } from './outbox-floor.js';
import { OutboxSpace } from './outbox-space.js';
import type { OutboxRow, StageOptions } from './stage-options.js';
import type { StageStatements } from './stage-statements.js';

const ROWS_MAX = 1_000;
/** Only another process's commits are found by polling; our own poke the relay. */
const IDLE_POLL_MS = 100;
const LOCK_RETRY_MS = 500;
const BUSY_PAUSE_MS = 500;
const RELAY_LOCK_SPACE = 0x656c6e76;

/** What the relay needs of its stage. */
export interface RelayHost {
  readonly schema: string;
  readonly database: Database;
  readonly producer: EventProducer;
  readonly statements: StageStatements;
  readonly options: StageOptions;
  epoch(session: Session): Promise<number>;
  reportRelay(error: unknown): void;
  countRelayed(rows: number): void;
}

/**
 * Sends what the stage's transactions put in the outbox: one relay per stage, by advisory lock, so that the order per subject stays.
 * Rows are taken by id without a cursor (a lower id may commit later), sent, awaited and then deleted, together with the next
 * look at what there is; a crash in between sends again what has the same ids.
 */
export class Relay {
  private going = false;
  private ended: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private poked = false;
  private holder = false;
  private lastSentAt: Date | undefined;
  private readonly fresh = new FreshRows();
  private readonly floor = new OutboxFloor();
  private readonly space: OutboxSpace;
  /** What Kafka has and the outbox too. */
  private sent: readonly number[] = [];

  constructor(private readonly stage: RelayHost) {
    this.space = new OutboxSpace(
      () => stage.database.read(stage.statements.vacuumOutbox, []),
      (error) => stage.reportRelay(error),
    );
  }

  get isHolder(): boolean {
    return this.holder;
  }

  get lastSent(): Date | undefined {
    return this.lastSentAt;
  }

  start(): void {
    this.going = true;
    this.ended = this.run();
  }

  async stop(): Promise<void> {
    this.going = false;
    this.poke();
    await this.ended;
    await this.space.stop();
  }

  /** These rows were just committed. Whoever holds the lock sends them; if that is this process, it need not read them again. */
  send(rows: readonly OutboxRow[]): void {
    if (this.holder) this.fresh.add(rows);
    this.poke();
  }

  private poke(): void {
    this.poked = true;
    this.wake?.();
  }

  private async run(): Promise<void> {
    while (this.going) {
      try {
        const held = await this.stage.database.session((session) => this.holdLock(session));
        if (!held) await this.sleep(LOCK_RETRY_MS);
      } catch (error) {
        this.holder = false;
        this.stage.reportRelay(error);
        await this.sleep(BUSY_PAUSE_MS);
      }
    }
  }

  private async holdLock(session: Session): Promise<boolean> {
    const lock = {
      name: 'stage.relay-lock',
      text: 'select pg_try_advisory_lock($1, hashtext($2)) as held',
    };
    const [row] = await session.query<{ held: boolean }>(lock, [
      RELAY_LOCK_SPACE,
      this.stage.schema,
    ]);
    if (!row?.held) return false;
    this.holder = true;
    this.floor.reset();
    try {
      while (this.going) {
        this.poked = false;
        const sent = await this.sendSome(session);
        if (sent < ROWS_MAX && !this.poked) await this.sleep(IDLE_POLL_MS);
      }
      await this.clearSent(session);
    } finally {
      this.holder = false;
      this.sent = [];
      this.fresh.clear();
      const unlock = {
        name: 'stage.relay-unlock',
        text: 'select pg_advisory_unlock($1, hashtext($2))',
      };
      await session.query(unlock, [RELAY_LOCK_SPACE, this.stage.schema]).catch(() => undefined);
    }
    return true;
  }

  private async sendSome(session: Session): Promise<number> {
    const { statements, producer, options } = this.stage;
    const { floor } = this;
    const asked = [ROWS_MAX, floor.id, floor.asksForId];
    const [, [unsent]] = await Promise.all([
      this.clearSent(session),
      session.query<Unsent>(statements.unsent, asked),
    ]);
    const { ids, stamp } = unsent!;
    floor.note(unsent!);
    if (ids.length === 0) return 0;
    const rows = await this.rowsOf(ids, session);
    await producer.send(rows.map((row) => recordOf(row, stamp)));
    const { takeOut } = options;
    if (takeOut) {
      await this.stage.database.transaction(async (transaction) =>
        takeOut(rows, transaction, await this.stage.epoch(transaction)),
      );
      this.space.takenOut(rows.length);
    } else this.sent = ids;
    this.fresh.forgetUpTo(ids.at(-1)!);
    this.lastSentAt = new Date();
    this.stage.countRelayed(rows.length);
    return rows.length;
  }

  private async clearSent(session: Session): Promise<void> {
    const { sent } = this;
    this.sent = [];
    if (sent.length === 0) return;
    await session.query(this.stage.statements.clearOutbox, [sent]);
    this.space.takenOut(sent.length);
  }

  private async rowsOf(ids: readonly number[], session: Session): Promise<OutboxRow[]> {
    const missing = ids.filter((id) => this.fresh.get(id) === undefined);
    const read = new Map<number, OutboxRow>();
    if (missing.length > 0) {
      const { readOutbox } = this.stage.statements;
      for (const row of await session.query<StoredRow>(readOutbox, [missing])) {
        read.set(row.id, { ...row, headers: JSON.parse(row.headers) as OutboxRow['headers'] });
      }
    }
    // A row that somebody has deleted meanwhile by hand is not there to be sent.
    return ids.flatMap((id) => this.fresh.get(id) ?? read.get(id) ?? []);
  }

  private async sleep(ms: number): Promise<void> {
    if (this.poked || !this.going) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
      this.wake = resolve;
    });
    this.wake = undefined;
    clearTimeout(timer);
  }
}

interface Unsent extends OutboxReading {
  readonly stamp: string;
}

type StoredRow = Omit<OutboxRow, 'headers'> & { readonly headers: string };

/** What our own stages read is stamped; subscribers need not know of our store. */
function recordOf({ topic, key, headers, value }: OutboxRow, stamp: string): OutgoingRecord {
  const isInner = topicRow(topic)?.readers.some((reader) => reader !== 'subscriber') ?? false;
  return { topic, key, value, headers: isInner ? { ...headers, [STAMP_HEADER]: stamp } : headers };
}

/** Kafka being away is weather; all else deserves a line. */
export function isWeather(error: unknown): boolean {
  return error instanceof KafkaBusy;
}
