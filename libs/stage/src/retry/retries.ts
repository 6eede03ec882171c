import type { Statement, UnitOfWork } from '../unit-of-work.js';
import { retryStatements } from './retry-statements.js';

/** So many asked for at once: what is due by itself meanwhile stands before most of them. */
const PORTION = 100;
export const PORTION_EVERY_MS = 1_000;
/** When so many of the last portions met a fault of ours, and more than went through, the fault is not mended. */
const FAULTS_MAX = 20;
const LATEST = 2 * PORTION;

/** `faults`: it ended itself, since what it tried met a fault of ours again. */
export type RetryOutcome = 'done' | 'stopped' | 'faults';

/** What is to be tried again: a cause group, or one event of it. */
export interface RetryTarget {
  readonly causeGroup: string;
  /** The id of one parked event; null for the whole group. */
  readonly event: number | null;
}

interface UnderWay {
  readonly number: number;
  readonly causeGroup: string;
  readonly firstId: number;
  readonly lastId: number;
}

/** One parked event, as far as a retry must know it. */
interface ParkedEvent {
  readonly causeGroup: string;
  readonly code: string;
  /** The oldest parked event of the same object, if there is an older one. */
  readonly behind: number | null;
}

/** What an administrator sees of the last retry. */
export interface RetrySeen extends RetryTarget {
  readonly number: number;
  readonly askedAt: Date;
  /** How many there were when it began; what was parked later is not among them. */
  readonly events: number;
  readonly through: number;
  readonly parkedAgain: number;
  /** Not tried: their turn has not come, they wait behind another, or something else has settled them. */
  readonly left: number;
  /** Null while it is under way. */
  readonly outcome: RetryOutcome | null;
  readonly endedAt: Date | null;
}

/** What of one code a retry would try. */
export interface RetriedCode {
  readonly code: string;
  readonly events: number;
  /** How many of them wait behind another parked event of their object; they are tried only once that is settled. */
  readonly waiting: number;
  /** When the oldest and the newest were parked. */
  readonly from: Date;
  readonly to: Date;
}

/** What it needs of its stage. */
export interface RetriesHost {
  readonly schema: string;
  transaction<T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T>;
  read<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
}

/**
 * What administrators have asked to be tried again, one retry at a time. It makes parked events due, portion by portion and each event
 * once; the parking lot tries them, in its order and by its rules. All it knows stands in the tables, so a restart goes on with it.
 */
export class Retries {
  readonly statements: ReturnType<typeof retryStatements>;
  private askedMs = 0;

  constructor(private readonly stage: RetriesHost) {
    this.statements = retryStatements(stage.schema);
  }

  async isUnderWay(unit: Pick<UnitOfWork, 'query'>): Promise<boolean> {
    return (await unit.query<UnderWay>(this.statements.underWay, [])).length > 0;
  }

  /** Undefined when no such event is parked, or no longer. */
  async eventOf(unit: Pick<UnitOfWork, 'query'>, id: number): Promise<ParkedEvent | undefined> {
    const [event] = await unit.query<ParkedEvent>(this.statements.parkedEvent, [id]);
    return event;
  }

  /** @returns false when nothing is parked for this cause. None may be under way. */
  async begin(
    unit: UnitOfWork,
    { causeGroup, event }: RetryTarget,
    cause: string,
  ): Promise<boolean> {
    const begun = await unit.query(this.statements.begin, [causeGroup, event, cause, unit.now]);
    return begun.length > 0;
  }

  /** What has been asked for and not tried yet is let go too. @returns false when none was under way. */
  async stop(unit: UnitOfWork): Promise<boolean> {
    const [going] = await unit.query<UnderWay>(this.statements.underWay, []);
    return going !== undefined && this.end(unit, going, 'stopped');
  }

  /**
   * Asks for the next portion, of the topics that this process handles; to be called by whoever holds the lock of the lot, as often
   * as it likes.
   *
   * @returns whether a retry is under way.
   */
  async askForMore(topics: readonly string[]): Promise<boolean> {
    const { stage, statements } = this;
    const [going] = await stage.read<UnderWay>(statements.underWay, []);
    if (going === undefined) return false;
    if (Date.now() - this.askedMs < PORTION_EVERY_MS) return true;
    this.askedMs = Date.now();
    const { number, causeGroup, firstId, lastId } = going;
    const outcome = (await this.meetsFaults(going)) ? 'faults' : undefined;
    if (outcome === undefined) {
      const range = [number, causeGroup, firstId, lastId];
      const asked = await stage.read(statements.ask, [...range, topics, PORTION]);
      if (asked.length > 0) return true;
      const [row] = await stage.read<{ isGoing: boolean }>(statements.isGoing, range);
      if (row!.isGoing) return true;
    }
    await stage.transaction((unit) => this.end(unit, going, outcome ?? 'done'));
    return false;
  }

  async seen(): Promise<RetrySeen | undefined> {
    const [row] = await this.stage.read<Omit<RetrySeen, 'left'>>(this.statements.seen, []);
    return row && { ...row, left: row.events - row.through - row.parkedAgain };
  }

  /** What a retry of a cause group, or of one event, would try if it began now. */
  async preview(causeGroup: string | undefined, event: number | undefined): Promise<RetriedCode[]> {
    const { stage, statements } = this;
    let group = causeGroup;
    if (event !== undefined && group === undefined) {
      const [parked] = await stage.read<ParkedEvent>(statements.parkedEvent, [event]);
      group = parked?.causeGroup;
    }
    if (group === undefined) return [];
    return stage.read<RetriedCode>(statements.preview, [group, event ?? null]);
  }

  private async meetsFaults({ number }: UnderWay): Promise<boolean> {
    type Latest = { through: number; faults: number };
    const [latest] = await this.stage.read<Latest>(this.statements.latest, [number, LATEST]);
    return latest!.faults >= FAULTS_MAX && latest!.faults > latest!.through;
  }

  /** Statement by statement: what is released must be seen by what counts, and what was asked for last by what releases. */
  private async end(unit: UnitOfWork, { number }: UnderWay, outcome: RetryOutcome) {
    const { statements } = this;
    const ended = await unit.query(statements.end, [number, outcome, unit.now]);
    if (ended.length === 0) return false;
    await unit.query(statements.release, [number]);
    await unit.query(statements.count, [number]);
    return true;
  }
}
