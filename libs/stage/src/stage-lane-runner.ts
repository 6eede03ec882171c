import type { Outcome, TrailData } from '#canonical';
import type { CallHandler, Lane, LaneRunner, LaneVerdict, RawBatch, RawRecord } from '#kafka';
import { classifyError } from './classify-error.js';
import { isForgotten, type Life } from './forgotten-records.js';
import { keptRecord, readRecord } from './read-record.js';
import type { Stage } from './stage.js';
import { Unit, causeOf, type ParkedRow } from './unit.js';
import type { EventBatch, ReceivedEvent } from './unit-of-work.js';

/** One transaction handles this many records at most; measured best between 500 and 1,000 (standards/reliability.md §3). */
const CHUNK_RECORDS_MAX = 600;
const BUSY_PAUSE_MS_MIN = 50;
const BUSY_PAUSE_MS_MAX = 2_000;
const LOST_RACES_MAX = 8;

type ChunkResult =
  | { readonly kind: 'stored' }
  | { readonly kind: 'bug'; readonly error: unknown }
  | Exclude<LaneVerdict, { kind: 'done' }>;

interface Advance extends Life {
  epoch: number;
  verified: boolean;
  moved: boolean;
  has_parked: boolean;
}

/**
 * Runs one consumer group's batches through a stage's handler: one transaction per chunk, with the position in it. Here, and nowhere
 * else, it is decided whether to wait (the world is busy), to do again (a lost race), or to halve until the culprit stands alone.
 */
export class StageLaneRunner implements LaneRunner {
  constructor(
    private readonly stage: Stage,
    private readonly call: CallHandler,
  ) {}

  async assigned(lanes: readonly Lane[]): Promise<readonly (Lane & { offset: number })[]> {
    return this.stage.positions.takeUp(lanes);
  }

  async process(batch: RawBatch, isRunning: () => boolean): Promise<LaneVerdict> {
    const known = await this.whenNotBusy(isRunning, () => this.stage.positions.of(batch));
    if (known === undefined) return { kind: 'abandoned' };
    const first = batch.records[0]?.offset ?? batch.nextOffset;
    if (first > known && !this.stage.positions.isHole(batch, known)) {
      return this.stage.positions.resolveGap(batch, known);
    }
    const fresh = batch.records.filter(({ offset }) => offset >= known);
    let from = known;
    if (batch.nextOffset <= from) return { kind: 'seek', offset: from };
    for (let index = 0; index < fresh.length || index === 0; index += CHUNK_RECORDS_MAX) {
      const chunk = fresh.slice(index, index + CHUNK_RECORDS_MAX);
      const isLast = index + CHUNK_RECORDS_MAX >= fresh.length;
      const to = isLast ? batch.nextOffset : chunk.at(-1)!.offset + 1;
      const verdict = await this.processChunk(batch, chunk, from, to, isRunning);
      if (verdict.kind !== 'done') return verdict;
      from = to;
    }
    return { kind: 'done', nextOffset: batch.nextOffset };
  }

  /** Stores one chunk; a chunk with a bug in it is halved until the culprit stands alone, and is parked. */
  private async processChunk(
    lane: Lane,
    records: readonly RawRecord[],
    from: number,
    to: number,
    isRunning: () => boolean,
  ): Promise<LaneVerdict> {
    const result = await this.persist(lane, records, from, to, isRunning);
    switch (result.kind) {
      case 'stored':
        return { kind: 'done', nextOffset: to };
      case 'bug':
        break;
      default:
        return result;
    }
    if (records.length > 1) {
      const middle = Math.ceil(records.length / 2);
      const half = records[middle]!.offset;
      const before = await this.processChunk(lane, records.slice(0, middle), from, half, isRunning);
      if (before.kind !== 'done') return before;
      return this.processChunk(lane, records.slice(middle), half, to, isRunning);
    }
    return this.parkCulprit(lane, records[0], from, to, result.error, isRunning);
  }

  private async parkCulprit(
    lane: Lane,
    record: RawRecord | undefined,
    from: number,
    to: number,
    error: unknown,
    isRunning: () => boolean,
  ): Promise<LaneVerdict> {
    this.stage.reportBug(lane, error);
    const result = await this.persist(
      lane,
      record ? [record] : [],
      from,
      to,
      isRunning,
      (event) => ({
        event,
        cause: causeOf(event),
        kept: keptRecord(record!),
        reason: {
          code: 'bug',
          causeGroup: `${lane.topic} ${errorName(error)}`,
          issues: [
            {
              pointer: '/',
              says: 'Elevnav could not handle this event; an operator has been told.',
            },
          ],
        },
      }),
    );
    if (result.kind === 'bug') {
      // Even parking fails: going on would lose the event, so the lane stands still until somebody looks.
      return {
        kind: 'stopped',
        says: `${this.stage.name} cannot park an event of ${lane.topic}/${lane.partition}`,
      };
    }
    return result.kind === 'stored' ? { kind: 'done', nextOffset: to } : result;
  }

  /** Tries one transaction until it is stored or something other than the weather stops it. */
  private async persist(
    lane: Lane,
    records: readonly RawRecord[],
    from: number,
    to: number,
    isRunning: () => boolean,
    culprit?: (event: ReceivedEvent) => ParkedRow,
  ): Promise<ChunkResult> {
    let pauseMs = BUSY_PAUSE_MS_MIN;
    let lostRaces = 0;
    while (isRunning()) {
      try {
        return await this.stage.turns.take(() => this.attempt(lane, records, from, to, culprit));
      } catch (error) {
        const kind = classifyError(error);
        if (kind === 'bug' || (kind === 'lost-race' && ++lostRaces > LOST_RACES_MAX)) {
          return { kind: 'bug', error };
        }
        this.stage.countRetry(kind);
        if (kind === 'busy') {
          await pause(pauseMs);
          pauseMs = Math.min(pauseMs * 2, BUSY_PAUSE_MS_MAX);
        } else {
          await pause(Math.random() * 20 * lostRaces);
        }
      }
    }
    return { kind: 'abandoned' };
  }

  private async attempt(
    lane: Lane,
    records: readonly RawRecord[],
    from: number,
    to: number,
    culprit: ((event: ReceivedEvent) => ParkedRow) | undefined,
  ): Promise<ChunkResult> {
    const { stage } = this;
    const startedMs = performance.now();
    const cluster = await stage.clusterId();
    let moved: Advance | undefined;
    let forgotten = 0;
    const unit = await stage.database
      .transaction(async (session) => {
        [moved] = await session.query<Advance>(stage.statements.advance, [
          lane.topic,
          lane.partition,
          from,
          to,
          cluster,
        ]);
        if (!moved?.moved || !moved.verified) throw new NotHere();
        const remembered = records.filter((record) => !isForgotten(record, moved!));
        forgotten = records.length - remembered.length;
        const reads = remembered.map((record) => readRecord(lane, record));
        const byEvent = new Map(
          reads.flatMap((read) => (read.ok ? [[read.event, read.record] as const] : [])),
        );
        const unit = stage.unit(session, moved.epoch, (event) => keptRecord(byEvent.get(event)!));
        for (const read of reads) if (!read.ok) unit.parkUnread(read.parked);
        const events = await this.ready([...byEvent.keys()], unit, moved.has_parked);
        if (culprit) for (const event of events) unit.parkUnread(culprit(event));
        else if (events.length > 0) await this.call({ ...lane, events, unit } satisfies EventBatch);
        if (stage.options.inbox) await stage.remember(unit, events);
        await unit.flush({ parkedToo: true });
        return { unit, read: [...byEvent.keys()] };
      })
      .catch((error: unknown) => {
        if (error instanceof NotHere) return undefined;
        throw error;
      });
    if (!unit) return this.lostPlace(lane, moved);
    stage.positions.stored(lane, to);
    stage.afterCommit(unit.unit);
    if (forgotten > 0) stage.tellForgotten(lane, forgotten);
    this.tell(lane, unit.unit, unit.read, startedMs);
    return { kind: 'stored' };
  }

  /** Drops vendors' duplicates and lets events wait behind their object's parked ones, or replace them. */
  private async ready(
    events: readonly ReceivedEvent[],
    unit: Unit,
    hasParked: boolean,
  ): Promise<ReceivedEvent[]> {
    const { stage } = this;
    let fresh = [...events];
    if (stage.options.inbox) fresh = await stage.dropDuplicates(unit, fresh);
    if (!hasParked || fresh.length === 0) return fresh;
    const open = await unit.query<{ key: string }>(stage.statements.openKeys, [
      [...new Set(fresh.map(({ key }) => key))],
    ]);
    if (open.length === 0) return fresh;
    const waiting = new Set(open.map(({ key }) => key));
    const replaced: string[] = [];
    const ready: ReceivedEvent[] = [];
    for (const event of fresh) {
      if (!waiting.has(event.key)) ready.push(event);
      else if (stage.options.replaces?.(event)) {
        waiting.delete(event.key);
        replaced.push(event.key);
        ready.push(event);
      } else {
        unit.park(event, {
          code: 'waits-behind',
          causeGroup: event.topic,
          issues: [
            {
              pointer: '/',
              says: 'An earlier event of the same object is parked; this one waits behind it.',
            },
          ],
        });
      }
    }
    if (replaced.length > 0) await unit.query(stage.statements.replaceParked, [replaced]);
    return ready;
  }

  private async lostPlace(lane: Lane, moved: Advance | undefined): Promise<ChunkResult> {
    if (moved && !moved.verified) {
      await this.stage.raiseEpoch();
      return { kind: 'seek', offset: await this.stage.positions.reload(lane) };
    }
    return { kind: 'seek', offset: await this.stage.positions.reload(lane) };
  }

  private tell(lane: Lane, unit: Unit, events: readonly ReceivedEvent[], startedMs: number): void {
    const durationMs = Math.round((performance.now() - startedMs) * 10) / 10;
    const told: TrailData['events'] = events.map((event) => {
      const settled = unit.settled.get(event);
      const outcome: Outcome = settled?.outcome ?? 'passed';
      return {
        cause: causeOf(event),
        type: event.envelope.type,
        ...(settled?.subject && { subject: settled.subject }),
        outcome,
        ...(settled?.detail && { detail: settled.detail.slice(0, 250) }),
      };
    });
    for (const { cause, reason } of unit.parked) {
      if (reason.code !== 'unreadable' && reason.code !== 'bug') continue;
      told.push({
        cause,
        type: 'unreadable',
        outcome: 'parked',
        detail: `${reason.code} ${reason.causeGroup}`,
      });
    }
    // Not the lane as it is: it may be the raw batch, whose records must never reach the trail (design §8).
    const { topic, partition } = lane;
    this.stage.tellBatch({ topic, partition, durationMs, events: told });
  }

  private async whenNotBusy<T>(
    isRunning: () => boolean,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    let pauseMs = BUSY_PAUSE_MS_MIN;
    while (isRunning()) {
      try {
        return await work();
      } catch (error) {
        if (classifyError(error) === 'bug') this.stage.reportBug(undefined, error);
        await pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, BUSY_PAUSE_MS_MAX);
      }
    }
    return undefined;
  }
}

/** The stored position is not where this lane thought it was: another process has it, or the store was restored. */
class NotHere extends Error {}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
