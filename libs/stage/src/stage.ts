import { sourceIdOf, type TrailData } from '#canonical';
import { Database, type Session } from '#database';
import type { CallHandler, EventProducer, KafkaConnection, Lane } from '#kafka';
import type { Clock } from '#runtime';
import { AuditLog } from './audit/audit-log.js';
import type { HoldUps } from './hold-ups.js';
import type { HuvudmanKeys } from './huvudman-keys.js';
import { ParkedFindings } from './parked-findings.js';
import { ParkingLot } from './parking-lot.js';
import type { ParkedByCause } from './life-signs.js';
import { Positions } from './positions.js';
import { Relay, isWeather } from './relay.js';
import { schemaNameOf, type StageOptions, type Watched } from './stage-options.js';
import { Retries } from './retry/retries.js';
import { holdUpsOf, type StageReports } from './stage-reports.js';
import { stageStatements, type StageStatements } from './stage-statements.js';
import type { TrailWriter } from './trail-writer.js';
import { Unit, causeOf, type KeptRecord } from './unit.js';
import type { ReceivedEvent, Statement } from './unit-of-work.js';

const HOUSEKEEPING_MS = 5_000;
const FORGET_EVERY_MS = 10 * 60 * 1000;
const INBOX_KEPT = '30 days';
const FILTERED_KEPT = '7 days';
const PARKED_KEPT = '30 days';
/** As the schema of the trail allows. */
const CAUSE_GROUP_LENGTH_MAX = 250;

export interface StageParts {
  readonly options: StageOptions;
  readonly database: Database;
  readonly connection: KafkaConnection;
  readonly producer: EventProducer;
  readonly trail: TrailWriter;
  readonly keys: HuvudmanKeys;
  readonly clock: Clock;
  readonly reports: StageReports;
}

/** One stage of the pipeline in this process: its schema, positions, outbox, parking lot and trail. */
export class Stage {
  readonly options: StageOptions;
  readonly name: string;
  readonly schema: string;
  readonly clock: Clock;
  readonly database: Database;
  readonly producer: EventProducer;
  readonly statements: StageStatements;
  readonly positions: Positions;
  readonly relay: Relay;
  readonly holdUps: HoldUps;
  readonly parking: ParkingLot;
  /** What of it administrators have asked to be tried again. */
  readonly retries: Retries;
  /** Who read or changed what about whom in this stage. */
  readonly audit: AuditLog;
  /** Tells of whom an event is parked. */
  readonly parkedFindings: ParkedFindings;
  private readonly handlers = new Map<string, CallHandler>();
  private readonly watched: (() => Watched)[] = [];
  private cluster: Promise<string> | undefined;
  private housekeeping: NodeJS.Timeout | undefined;
  private forgottenMs = 0;

  constructor(private readonly parts: StageParts) {
    this.options = parts.options;
    this.name = parts.options.stage;
    this.schema = schemaNameOf(this.name);
    this.clock = parts.clock;
    this.database = parts.database;
    this.producer = parts.producer;
    this.statements = stageStatements(this.schema);
    this.positions = new Positions({
      stage: this.name,
      database: this.database,
      connection: parts.connection,
      statements: this.statements,
      clusterId: () => this.clusterId(),
      onNamedLoss: (lane, from, to) => parts.reports.namedLoss(this.name, lane, from, to),
    });
    this.relay = new Relay(this);
    this.holdUps = holdUpsOf(this.name, parts.reports);
    this.retries = new Retries(this);
    this.parking = new ParkingLot(this);
    const { database, schema, clock } = this;
    this.audit = new AuditLog({ database, schema, clock, keys: parts.keys });
    this.parkedFindings = new ParkedFindings(this);
  }

  async start(): Promise<void> {
    await this.database.start();
    await this.raiseEpoch();
    this.relay.start();
    this.parking.start();
    this.housekeeping = setInterval(() => void this.keepHouse(), HOUSEKEEPING_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.housekeeping);
    await Promise.all([this.relay.stop(), this.parking.stop(), this.parkedFindings.stop()]);
    await this.parts.trail.flush();
    await this.database.stop();
  }

  /** Whether a record of the topics has lain there for longer and is not handled yet. By real time, as Kafka's records are. */
  isBehind(topics: readonly string[], olderThanMs: number): Promise<boolean> {
    return this.positions.isBefore(topics, new Date(Date.now() - olderThanMs));
  }

  /** Runs `work` in one transaction with the stage's outbox, for schedules, commands and HTTP writes. */
  async transaction<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
    const { unit, result } = await this.database.transaction(async (session) => {
      const unit = this.unit(session, await this.epoch(session), noRecord);
      const result = await work(unit);
      await unit.flush({ parkedToo: false });
      return { unit, result };
    });
    this.afterCommit(unit);
    return result;
  }

  /** One statement outside any transaction. */
  read<Row>(statement: Statement, parameters: readonly unknown[]): Promise<Row[]> {
    return this.database.read<Row>(statement, parameters);
  }

  unit(session: Session, epoch: number, keep: (event: ReceivedEvent) => KeptRecord): Unit {
    return new Unit(this, session, this.clock.now(), epoch, keep);
  }

  /** The stage's present epoch. Every start of the PostgreSQL server raises it, since it may have been restored meanwhile. */
  async epoch(session: Session): Promise<number> {
    // A transaction has an id of its own before it takes one from the outbox: see outbox-floor.ts.
    const text = `select epoch, server_start is not distinct from pg_postmaster_start_time() as verified, pg_current_xact_id()
                    from ${this.schema}.epoch`;
    const [row] = await session.query<{ epoch: number; verified: boolean }>(
      { name: `${this.schema}.stage.epoch`, text },
      [],
    );
    if (row!.verified) return row!.epoch;
    const [raised] = await session.query<{ epoch: number }>(this.statements.raiseEpoch);
    return raised?.epoch ?? row!.epoch;
  }

  async raiseEpoch(): Promise<void> {
    const [raised] = await this.read<{ epoch: number }>(this.statements.raiseEpoch, []);
    if (raised) this.parts.reports.epochRaised(this.name, raised.epoch);
  }

  clusterId(): Promise<string> {
    this.cluster ??= this.parts.connection.clusterId().catch((error: unknown) => {
      this.cluster = undefined;
      throw error;
    });
    return this.cluster;
  }

  afterCommit(unit: Unit): void {
    if (unit.written.length > 0) this.relay.send(unit.written);
    if (unit.hasWoken) this.parking.poke();
    if (unit.parked.length > 0) void this.tellParked();
  }

  /** Which of the events the inbox knows, as `source id`; empty for a stage without an inbox. */
  async seenBefore(session: Session, events: readonly ReceivedEvent[]): Promise<Set<string>> {
    if (!this.options.inbox || events.length === 0) return new Set();
    const seen = await session.query<{ source: string; id: string }>(this.statements.seenBefore, [
      events.map(({ envelope }) => envelope.source),
      events.map(({ envelope }) => envelope.id),
    ]);
    return new Set(seen.map(({ source, id }) => `${source} ${id}`));
  }

  /** @param known what was seen before; what is seen now is added. */
  dropDuplicates(
    unit: Unit,
    events: readonly ReceivedEvent[],
    known: Set<string>,
  ): ReceivedEvent[] {
    const fresh: ReceivedEvent[] = [];
    for (const event of events) {
      const cause = `${event.envelope.source} ${event.envelope.id}`;
      if (known.has(cause)) {
        unit.settle(event, 'filtered:duplicate');
        continue;
      }
      known.add(cause);
      fresh.push(event);
    }
    return fresh;
  }

  remember(unit: Unit, events: readonly ReceivedEvent[]): void {
    if (events.length === 0) return;
    unit.write(this.statements.remember, [
      events.map(({ envelope }) => envelope.source),
      events.map(({ envelope }) => envelope.id),
    ]);
  }

  handles(topics: readonly string[], call: CallHandler): void {
    for (const topic of topics) this.handlers.set(topic, call);
  }

  /** The topics that this process handles. */
  get topics(): readonly string[] {
    return [...this.handlers.keys()];
  }

  handlerOf(topic: string): CallHandler | undefined {
    return this.handlers.get(topic);
  }

  watch(consumer: {
    readonly assignedLanes: readonly Lane[];
    seek(lane: Lane, offset: number): void;
  }): void {
    this.watched.push(() => ({
      lanes: consumer.assignedLanes,
      seek: (lane, offset) => consumer.seek(lane, offset),
    }));
  }

  tellBatch(batch: Lane & { durationMs: number; events: TrailData['events'] }): void {
    this.parts.reports.batch(this.name, batch);
    if (batch.topic === 'trail') return; // telling of the trail on the trail would never end
    this.parts.trail.write({ stage: this.name, at: new Date().toISOString(), ...batch });
  }

  reportBug(lane: Lane | undefined, error: unknown): void {
    this.parts.reports.bug(this.name, lane, error);
  }

  reportRelay(error: unknown): void {
    if (!isWeather(error)) this.parts.reports.waits(this.name, 'relay', error);
    else this.parts.reports.waits(this.name, 'relay', undefined);
  }

  tellForgotten(lane: Lane, records: number): void {
    this.parts.reports.forgotten(this.name, lane, records);
  }

  countRetry(kind: 'busy' | 'lost-race'): void {
    this.parts.reports.retry(this.name, kind);
  }

  countRelayed(rows: number): void {
    this.parts.reports.relayed(this.name, rows);
  }

  /** What could not be told now is told when house is kept next. */
  private async tellParked(): Promise<void> {
    try {
      await this.parkedFindings.tell();
    } catch (error) {
      this.parts.reports.waits(this.name, 'findings of parked events', error);
    }
  }

  /** What lies in the parking lot, by cause, as the trail tells it. */
  async parkedByCause(): Promise<ParkedByCause> {
    const counts = await this.parking.counts();
    return counts.map(({ code, cause_group, events, since }) => ({
      code,
      causeGroup: cause_group.slice(0, CAUSE_GROUP_LENGTH_MAX),
      events,
      since: since.toISOString(),
    }));
  }

  /** Finds a store that was restored under an idle lane, and forgets what need not be remembered. */
  private async keepHouse(): Promise<void> {
    try {
      for (const watched of this.watched) {
        const { lanes, seek } = watched();
        if (lanes.length === 0) continue;
        for (const { offset, ...lane } of await this.positions.rewound(lanes)) seek(lane, offset);
      }
      await this.parkedFindings.tell();
      if (Date.now() - this.forgottenMs < FORGET_EVERY_MS) return;
      this.forgottenMs = Date.now();
      await this.read(this.statements.forgetInbox, [INBOX_KEPT]);
      await this.read(this.statements.forgetFiltered, [FILTERED_KEPT]);
      await this.read(this.statements.forgetParked, [PARKED_KEPT]);
    } catch (error) {
      this.parts.reports.waits(this.name, 'housekeeping', error);
    }
  }
}

/** The source that an event came from, as the settings name it. */
export function sourceOf(event: ReceivedEvent): string | undefined {
  return sourceIdOf(event.envelope.source);
}

export { causeOf };

function noRecord(): KeptRecord {
  throw new Error('Only an event that came over a topic can be parked.');
}
