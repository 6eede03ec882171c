import {
  SCHEMAS,
  causationOf,
  encodePayload,
  eventId,
  toBinaryHeaders,
  type Envelope,
  type FindingData,
  type Outcome,
} from '#canonical';
import type { Session } from '#database';
import type { AuditEntry } from './audit/audit-entry.js';
import type { AuditLog } from './audit/audit-log.js';
import type { OutboxRow } from './stage-options.js';
import type { StageStatements } from './stage-statements.js';
import type {
  OutgoingEvent,
  ParkReason,
  ReceivedEvent,
  Statement,
  UnitOfWork,
} from './unit-of-work.js';

/** How one event ended in one unit, for the trail. */
export interface Settled {
  outcome: Outcome;
  detail?: string;
  subject?: string;
}

/** A record as it lay in the log, kept so that what is parked can be tried again unaltered. */
export interface KeptRecord {
  readonly headers: Record<string, string>;
  readonly value: Buffer | null;
}

export interface ParkedRow {
  readonly event: Pick<ReceivedEvent, 'topic' | 'partition' | 'offset' | 'key'> & {
    readonly envelope?: Envelope;
  };
  readonly cause: string;
  readonly kept: KeptRecord;
  readonly reason: ParkReason;
}

/** What must be retried by time: a reference may have come in the moment between looking and parking. */
const FIRST_RETRY_MS = 5_000;

/** What a unit needs of its stage. */
export interface UnitHost {
  readonly name: string;
  readonly statements: StageStatements;
  readonly audit: Pick<AuditLog, 'append'>;
}

/** One transaction of one stage while it is being filled. `flush` writes what was collected, one statement per table, and waits. */
export class Unit implements UnitOfWork {
  readonly settled = new Map<ReceivedEvent, Settled>();
  /** The rows of the outbox that `flush` wrote, by ascending id. */
  written: readonly OutboxRow[] = [];
  private readonly writes: Promise<void>[] = [];
  private failure: { readonly error: unknown } | undefined;
  private readonly outgoing: OutgoingEvent[] = [];
  private readonly parkedRows: ParkedRow[] = [];
  private readonly references = new Set<string>();
  private woken = false;
  private findings = 0;
  private readonly audited: AuditEntry[] = [];

  constructor(
    private readonly stage: UnitHost,
    private readonly session: Session,
    readonly now: Date,
    readonly epoch: number,
    private keep: (event: ReceivedEvent) => KeptRecord,
  ) {}

  /** How the record of an event is found, should it be parked. */
  keepWith(keep: (event: ReceivedEvent) => KeptRecord): void {
    this.keep = keep;
  }

  /** Whether something that is parked awaited what arrived here, and is due now. */
  get hasWoken(): boolean {
    return this.woken;
  }

  /**
   * Once a statement has failed, PostgreSQL refuses all behind it. What they throw is the first failure, or a lost race would look like
   * a fault of ours.
   */
  async query<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]> {
    try {
      return await this.session.query<Row>(statement, parameters);
    } catch (error) {
      this.failure ??= { error };
      throw this.failure.error;
    }
  }

  write<Row>(
    statement: Statement,
    parameters: readonly unknown[],
    check?: (rows: readonly Row[]) => void,
  ): void {
    const written = this.query<Row>(statement, parameters).then(check);
    written.catch(() => undefined); // it is heard when the unit is flushed
    this.writes.push(written);
  }

  emit(event: OutgoingEvent): void {
    this.outgoing.push(event);
  }

  park(event: ReceivedEvent, reason: ParkReason): void {
    this.parkedRows.push({ event, cause: causeOf(event), kept: this.keep(event), reason });
    const outcome = reason.code === 'waits-behind' ? 'waiting' : 'parked';
    this.settled.set(event, {
      ...this.settled.get(event),
      outcome,
      detail: `${reason.code} ${reason.causeGroup}`,
    });
  }

  parkUnread(row: ParkedRow): void {
    this.parkedRows.push(row);
  }

  get parked(): readonly ParkedRow[] {
    return this.parkedRows;
  }

  settle(event: ReceivedEvent, outcome: Outcome, detail?: string): void {
    this.settled.set(event, { ...this.settled.get(event), outcome, detail });
  }

  about(event: ReceivedEvent, subject: string): void {
    const settled = this.settled.get(event);
    if (settled) settled.subject = subject;
    else this.settled.set(event, { outcome: 'passed', subject });
  }

  finding(finding: Omit<FindingData, 'stage'>): void {
    const data: FindingData = { ...finding, stage: this.stage.name };
    const key = finding.subject ?? finding.source ?? this.stage.name;
    this.emit({
      topic: 'findings',
      key,
      cause: '',
      data,
      envelope: {
        id: eventId(
          `${finding.id}/${finding.state}/${finding.since}`,
          this.stage.name,
          key,
          this.findings++,
        ),
        source: `urn:elevnav:${this.stage.name}`,
        type: `se.elevnav.finding.${finding.state}`,
        subject: key,
        dataschema: SCHEMAS.finding.dataschema,
      },
    });
  }

  audit(entry: AuditEntry): void {
    this.audited.push(entry);
  }

  arrived(references: readonly string[]): void {
    for (const reference of references) this.references.add(reference);
  }

  discard(references: readonly string[]): void {
    this.write(this.stage.statements.discardAwaiting, [[...references]]);
  }

  async flush(options: { readonly parkedToo: boolean }): Promise<void> {
    if (this.outgoing.length > 0) this.flushOutbox();
    if (options.parkedToo && this.parkedRows.length > 0) this.flushParked();
    this.flushFiltered();
    if (this.references.size > 0) {
      const heard = (woken: readonly unknown[]) => void (this.woken ||= woken.length > 0);
      this.write(this.stage.statements.wakeAwaiting, [[...this.references]], heard);
    }
    // Last, since it locks the head of the chain: that lock is held while the commit is under way, and no longer.
    if (this.audited.length > 0) this.writes.push(this.stage.audit.append(this, this.audited));
    await Promise.all(this.writes);
  }

  private flushOutbox(): void {
    const rows = this.outgoing.map(({ topic, key, cause, envelope, data }) => {
      const value = data === null ? null : encodePayload(data);
      return { topic, key, cause, headers: toBinaryHeaders(envelope), value };
    });
    this.write<{ id: number }>(
      this.stage.statements.putOutbox,
      [
        rows.map(({ topic }) => topic),
        rows.map(({ key }) => key),
        rows.map(({ headers }) => JSON.stringify(headers)),
        rows.map(({ value }) => value),
        rows.map(({ cause }) => cause),
      ],
      (ids) => (this.written = rows.map((row, index) => ({ ...row, id: ids[index]!.id }))),
    );
  }

  private flushParked(): void {
    const rows = this.parkedRows;
    const due = new Date(Date.now() + FIRST_RETRY_MS);
    this.write(this.stage.statements.putParked, [
      rows.map(({ event }) => event.topic),
      rows.map(({ event }) => event.partition),
      rows.map(({ event }) => event.offset),
      rows.map(({ event }) => event.key),
      rows.map(({ cause }) => cause),
      rows.map(({ event }) => event.envelope?.type ?? null),
      rows.map(({ event }) => event.envelope?.source ?? null),
      rows.map(({ reason }) => reason.code),
      rows.map(({ reason }) => reason.causeGroup),
      rows.map(({ reason }) => JSON.stringify(reason.issues)),
      rows.map(({ reason }) => reason.awaits ?? null),
      rows.map(({ kept }) => JSON.stringify(kept.headers)),
      rows.map(({ kept }) => kept.value),
      rows.map(({ reason }) => (isRetriedByTime(reason) ? due : null)),
      rows.map((row) => this.subjectOf(row)),
    ]);
  }

  /** Whom an event is about: as the handler found out, else as the stage that wrote it says. */
  subjectOf({ event }: Pick<ParkedRow, 'event'>): string | null {
    const found = this.settled.get(event as ReceivedEvent)?.subject;
    const isFromStage = event.topic === 'canonical.events' || event.topic === 'access.events';
    return found ?? (isFromStage ? (event.envelope?.subject ?? null) : null);
  }

  private flushFiltered(): void {
    const causes: string[] = [];
    const outcomes: string[] = [];
    for (const [event, { outcome }] of this.settled) {
      if (!outcome.startsWith('filtered:')) continue;
      causes.push(causeOf(event));
      outcomes.push(outcome);
    }
    if (causes.length > 0) this.write(this.stage.statements.putFiltered, [causes, outcomes]);
  }
}

/** What time alone can heal; the rest waits for a human, or for a newer event of the same object. */
export function isRetriedByTime({ code }: ParkReason): boolean {
  return (
    code === 'missing-reference' ||
    code === 'waits-behind' ||
    code === 'unknown-source' ||
    code === 'unit-not-yours'
  );
}

/** The source event in the end behind an event: itself on `source.*`, its causation elsewhere. */
export function causeOf(event: { readonly envelope: Envelope }): string {
  return event.envelope.causationid ?? causationOf(event.envelope);
}
