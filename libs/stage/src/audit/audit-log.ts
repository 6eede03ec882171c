import type { Database } from '#database';
import type { Clock } from '#runtime';
import type { HuvudmanKeys } from '../huvudman-keys.js';
import type { Statement } from '../unit-of-work.js';
import {
  chainEntries,
  findBreak,
  instantOf,
  type AuditBreak,
  type AuditHead,
  type AuditRow,
} from './audit-chain.js';
import type { AuditEntry } from './audit-entry.js';
import { auditStatements, type AuditStatements } from './audit-statements.js';

/** Entries of different requests that one transaction stores at most. */
const TOGETHER_MAX = 500;
/** A chunk takes the event loop some ten milliseconds; requests go in between. */
const CHUNK_ENTRIES = 1_000;
const DIGEST_DIGITS = 32;

/** One connection inside a transaction. */
export interface AuditSession {
  query<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]>;
}

export interface AuditLogParts {
  readonly schema: string;
  readonly database: Pick<Database, 'transaction' | 'read'>;
  readonly keys: Pick<HuvudmanKeys, 'digest'>;
  readonly clock: Clock;
}

/** What a walk along the chain found. */
export interface AuditVerdict {
  readonly intact: boolean;
  /** The first entry that is not as it was written; null while none is found. */
  readonly broken: AuditBreak | null;
  /** The last entry that was looked at. */
  readonly verifiedTo: number;
  /** False when there is more behind: ask again from `verifiedTo`. */
  readonly isWhole: boolean;
  /** The end of the chain, to be kept elsewhere and asked for later (`noted`): nobody can shorten the chain past it unseen. */
  readonly head: { readonly number: number; readonly hash: string };
}

/**
 * Who read or changed what about whom in this stage, each entry chained to the one before by an HMAC: who can write in the database
 * but has not the hub's identity key cannot make a chain that holds.
 *
 * The head of the chain is one row that every writer locks, as the last lock that it takes, right before it commits. So the order of
 * numbers is the order of commits, without gaps, and nobody can wait in a circle.
 */
export class AuditLog {
  private readonly statements: AuditStatements;
  private waiting: Waiting[] = [];
  private isStoring = false;

  constructor(private readonly parts: AuditLogParts) {
    this.statements = auditStatements(parts.schema);
  }

  /** Chains entries in a transaction of the caller's; nothing may be locked behind it. */
  async append(session: AuditSession, entries: readonly AuditEntry[]): Promise<void> {
    const [head] = await session.query<AuditHead>(this.statements.lockHead, []);
    const rows = chainEntries(head!, entries, {
      at: this.parts.clock.now(),
      digest: (text) => this.hash(text),
    });
    const { number, hash } = rows.at(-1)!;
    await Promise.all([
      session.query(this.statements.put, columnsOf(rows)),
      session.query(this.statements.moveHead, [number, hash]),
    ]);
  }

  /**
   * Tells of a read; when this resolves the entry is stored, and what was read may be handed out. Those that come while a transaction
   * is under way go together into the next: fifty readers a second cost no fifty commits behind one another.
   */
  write(entry: AuditEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ entry, resolve, reject });
      if (!this.isStoring) void this.storeWaiting();
    });
  }

  /** Stands for what may not be written down: the same text always gives the same, and it says nothing without the hub's key. */
  digestOf(text: string): string {
    return this.parts.keys.digest('audit-about', text).slice(0, DIGEST_DIGITS);
  }

  /** The entries about one thing or person, newest first; those before the number `before`. */
  readAbout(about: string, { before, limit }: { before: number; limit: number }) {
    return this.parts.database.read<AuditRow>(this.statements.readAbout, [about, before, limit]);
  }

  /**
   * Walks along the chain, at most `limit` entries behind `after`, whose own hash is believed: it was looked at before.
   *
   * @param noted an end of the chain that was kept from an earlier verdict; it must still be in it.
   */
  async verify(options: {
    readonly after: number;
    readonly limit: number;
    readonly noted?: { readonly number: number; readonly hash: string };
  }): Promise<AuditVerdict> {
    const { after, noted } = options;
    const [end] = await this.parts.database.read<AuditEnd>(this.statements.readEnd, [after]);
    const { number, hash, last, start } = end!;
    const to = Math.min(number, after + options.limit);
    const walked = await this.walk({ number: after, hash: start ?? Buffer.alloc(0) }, to);
    const isWhole = to === number;
    const broken =
      (after > 0 && start === null ? fault(after, 'missing') : walked.broken) ??
      (isWhole && last > number ? fault(number + 1, 'altered') : undefined) ??
      (isWhole && !walked.end.hash.equals(hash) ? fault(number, 'altered') : undefined) ??
      (noted && (await this.breakAt(noted)));
    return {
      intact: broken === undefined,
      broken: broken ?? null,
      verifiedTo: walked.end.number,
      isWhole,
      head: { number, hash: hash.toString('hex') },
    };
  }

  private async walk(
    start: AuditHead,
    to: number,
  ): Promise<{ end: AuditHead; broken?: AuditBreak }> {
    let end = start;
    while (end.number < to) {
      const rows = await this.chunk(end.number, to, CHUNK_ENTRIES);
      const broken = findBreak(end, rows, (text) => this.hash(text));
      if (broken) return { end: { ...end, number: broken.number - 1 }, broken };
      if (rows.length === 0) return { end, broken: fault(end.number + 1, 'missing') };
      end = rows.at(-1)!;
    }
    return { end };
  }

  private async breakAt(noted: { number: number; hash: string }): Promise<AuditBreak | undefined> {
    const [row] = await this.chunk(noted.number - 1, noted.number, 1);
    if (row === undefined) return fault(noted.number, 'missing');
    return row.hash.toString('hex') === noted.hash ? undefined : fault(noted.number, 'altered');
  }

  private chunk(after: number, to: number, limit: number): Promise<AuditRow[]> {
    return this.parts.database.read<AuditRow>(this.statements.readChunk, [after, to, limit]);
  }

  private async storeWaiting(): Promise<void> {
    this.isStoring = true;
    while (this.waiting.length > 0) {
      const some = this.waiting.splice(0, TOGETHER_MAX);
      const entries = some.map(({ entry }) => entry);
      await this.parts.database
        .transaction((session) => this.append(session, entries))
        .then(
          () => some.forEach(({ resolve }) => resolve()),
          (error: unknown) => some.forEach(({ reject }) => reject(error)),
        );
    }
    this.isStoring = false;
  }

  private hash(text: string): Buffer {
    return Buffer.from(this.parts.keys.digest(`audit/${this.parts.schema}`, text), 'hex');
  }
}

interface Waiting {
  readonly entry: AuditEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface AuditEnd extends AuditHead {
  readonly last: number;
  /** The hash of the entry that the walk begins behind. */
  readonly start: Buffer | null;
}

function fault(number: number, kind: AuditBreak['fault']): AuditBreak {
  return { number, fault: kind };
}

function columnsOf(rows: readonly AuditRow[]): unknown[] {
  return [
    rows.map(({ number }) => number),
    rows.map(instantOf),
    rows.map(({ client }) => client),
    rows.map(({ subject }) => subject),
    rows.map(({ role }) => role),
    rows.map(({ huvudman }) => huvudman),
    rows.map(({ acr }) => acr),
    rows.map(({ action }) => action),
    rows.map(({ about }) => about),
    rows.map(({ outcome }) => outcome),
    rows.map(({ detail }) => detail),
    rows.map(({ hash }) => hash),
  ];
}
