import type { Lane, LaneRunner, LaneVerdict, RawBatch, RawRecord } from '#kafka';
import { bugReason } from './bug-reason.js';
import { classifyError } from './classify-error.js';
import { PIECE_RECORDS_MAX, type LanePiece, type PieceResult } from './lane-piece.js';
import type { PieceStore } from './piece-store.js';
import { keptRecord } from './read-record.js';
import type { Stage } from './stage.js';
import { causeOf, type ParkedRow } from './unit.js';
import type { ReceivedEvent } from './unit-of-work.js';

const BUSY_PAUSE_MS_MIN = 50;
const BUSY_PAUSE_MS_MAX = 2_000;

/**
 * Runs one consumer group's batches: from each lane's position, in pieces that are stored together with those of other lanes. Here
 * it is decided where a lane goes on, and a piece with a fault of ours in it is halved until the culprit stands alone.
 */
export class StageLaneRunner implements LaneRunner {
  constructor(
    private readonly stage: Stage,
    private readonly pieces: PieceStore,
  ) {}

  async assigned(lanes: readonly Lane[]): Promise<readonly (Lane & { offset: number })[]> {
    return this.stage.positions.takeUp(lanes);
  }

  async process(batch: RawBatch, isRunning: () => boolean): Promise<LaneVerdict> {
    const known = await this.positionOf(batch, isRunning);
    if (known === undefined) return { kind: 'abandoned' };
    const refusal = this.stage.positions.refusalOf(batch);
    if (refusal !== undefined) return { kind: 'stopped', says: refusal };
    const first = batch.records[0]?.offset ?? batch.nextOffset;
    if (first > known && !this.stage.positions.isHole(batch, known)) {
      return this.stage.positions.resolveGap(batch, known);
    }
    if (batch.nextOffset <= known) return this.stage.positions.resolveReturn(batch, known);
    const fresh = batch.records.filter(({ offset }) => offset >= known);
    // Not the batch itself: its records must not be kept for as long as the lane is spoken of.
    const lane: Lane = { topic: batch.topic, partition: batch.partition };
    let from = known;
    for (let index = 0; index < fresh.length || index === 0; index += PIECE_RECORDS_MAX) {
      const records = fresh.slice(index, index + PIECE_RECORDS_MAX);
      const isLast = index + PIECE_RECORDS_MAX >= fresh.length;
      const to = isLast ? batch.nextOffset : records.at(-1)!.offset + 1;
      const verdict = await this.store({ lane, records, from, to, isRunning });
      if (verdict.kind !== 'done') return verdict;
      from = to;
    }
    return { kind: 'done', nextOffset: batch.nextOffset };
  }

  /** Stores one piece; one with a fault of ours in it is halved until the culprit stands alone, and is parked. */
  private async store(piece: LanePiece): Promise<LaneVerdict> {
    const { records, from, to } = piece;
    const result = await this.pieces.store(piece);
    if (result.kind !== 'bug') return verdictOf(result, to);
    if (records.length <= 1) return this.parkCulprit(piece, result.error);
    const middle = Math.ceil(records.length / 2);
    const half = records[middle]!.offset;
    const before = await this.store({
      ...piece,
      records: records.slice(0, middle),
      from,
      to: half,
    });
    if (before.kind !== 'done') return before;
    return this.store({ ...piece, records: records.slice(middle), from: half, to });
  }

  private async parkCulprit(piece: LanePiece, error: unknown): Promise<LaneVerdict> {
    const { lane, records, to } = piece;
    this.stage.reportBug(lane, error);
    const culprit = (event: ReceivedEvent) => parkedAsBug(lane, event, records[0]!, error);
    const result = await this.pieces.store({ ...piece, culprit });
    if (result.kind !== 'bug') return verdictOf(result, to);
    // Even parking fails: going on would lose the event, so the lane stands still until somebody looks.
    const says = `${this.stage.name} cannot park an event of ${lane.topic}/${lane.partition}`;
    return { kind: 'stopped', says };
  }

  /** @returns undefined when the consumer stopped before PostgreSQL told it. */
  private async positionOf(batch: RawBatch, isRunning: () => boolean): Promise<number | undefined> {
    const { holdUps, positions } = this.stage;
    let pauseMs = BUSY_PAUSE_MS_MIN;
    try {
      while (isRunning()) {
        try {
          return await positions.of(batch);
        } catch (error) {
          const kind = classifyError(error);
          if (kind === 'bug') this.stage.reportBug(undefined, error);
          if (kind === 'busy') holdUps.retried(batch, error, [batch.topic]);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
          pauseMs = Math.min(pauseMs * 2, BUSY_PAUSE_MS_MAX);
        }
      }
      return undefined;
    } finally {
      holdUps.givenUp(batch); // its pieces are tried next, by themselves
    }
  }
}

function verdictOf(result: Exclude<PieceResult, { kind: 'bug' }>, to: number): LaneVerdict {
  return result.kind === 'stored' ? { kind: 'done', nextOffset: to } : result;
}

function parkedAsBug(
  lane: Lane,
  event: ReceivedEvent,
  record: RawRecord,
  error: unknown,
): ParkedRow {
  return {
    event,
    cause: causeOf(event),
    kept: keptRecord(record),
    reason: bugReason(lane.topic, error),
  };
}
