import type { Outcome, TrailData } from '#canonical';
import type { CallHandler, Lane } from '#kafka';
import { isForgotten, type Life } from './forgotten-records.js';
import type { LanePiece, PieceResult } from './lane-piece.js';
import { keptRecord, readRecord, type ReadRecord } from './read-record.js';
import type { Stage } from './stage.js';
import { causeOf, type Unit } from './unit.js';
import type { EventBatch, ReceivedEvent } from './unit-of-work.js';

interface Advanced extends Life {
  epoch: number;
  verified: boolean;
  /** `topic/partition` of the lanes that were where this process believes them to be. */
  moved: string[];
  has_parked: boolean;
}

/** A piece as it was read: what of it is handled, and how many records were passed over. */
interface Reading {
  readonly piece: LanePiece;
  readonly reads: readonly ReadRecord[];
  readonly events: readonly ReceivedEvent[];
  readonly forgotten: number;
}

/**
 * One transaction: the positions of all lanes move, the handler is called once with all that was read, and what it decided is
 * written. Throws what stands in the way; then nothing of it is stored.
 *
 * @returns the pieces whose lane stands elsewhere, and where. If there are any, nothing was stored.
 */
export async function storePieces(
  stage: Stage,
  call: CallHandler,
  pieces: readonly LanePiece[],
): Promise<ReadonlyMap<LanePiece, PieceResult>> {
  const startedMs = performance.now();
  const cluster = await stage.clusterId();
  let advanced: Advanced | undefined;
  const stored = await stage.database
    .transaction(async (session) => {
      [advanced] = await session.query<Advanced>(stage.statements.advance, [
        pieces.map(({ lane }) => lane.topic),
        pieces.map(({ lane }) => lane.partition),
        pieces.map(({ from }) => from),
        pieces.map(({ to }) => to),
        cluster,
      ]);
      if (!advanced?.verified || advanced.moved.length < pieces.length) throw new NotHere();
      const readings = pieces.map((piece) => readPiece(piece, advanced!));
      const records = recordsOf(readings);
      const unit = stage.unit(session, advanced.epoch, (event) => keptRecord(records.get(event)!));
      await fill(unit, readings, { stage, call, hasParked: advanced.has_parked });
      await unit.flush({ parkedToo: true });
      return { unit, readings };
    })
    .catch((error: unknown) => {
      if (error instanceof NotHere) return undefined;
      throw error;
    });
  if (!stored) return lostPlaces(stage, pieces, advanced);
  for (const { lane, to } of pieces) stage.positions.stored(lane, to);
  stage.afterCommit(stored.unit);
  for (const reading of stored.readings) {
    const { piece, forgotten } = reading;
    if (forgotten > 0) stage.tellForgotten(piece.lane, forgotten);
    tell(stage, stored.unit, reading, startedMs);
  }
  return NOWHERE_ELSE;
}

const NOWHERE_ELSE: ReadonlyMap<LanePiece, PieceResult> = new Map();

function readPiece(piece: LanePiece, life: Life): Reading {
  const remembered = piece.records.filter((record) => !isForgotten(record, life));
  const reads = remembered.map((record) => readRecord(piece.lane, record));
  return {
    piece,
    reads,
    events: reads.flatMap((read) => (read.ok ? [read.event] : [])),
    forgotten: piece.records.length - remembered.length,
  };
}

function recordsOf(readings: readonly Reading[]) {
  const records = readings.flatMap(({ reads }) =>
    reads.flatMap((read) => (read.ok ? [[read.event, read.record] as const] : [])),
  );
  return new Map(records);
}

async function fill(
  unit: Unit,
  readings: readonly Reading[],
  {
    stage,
    call,
    hasParked,
  }: { readonly stage: Stage; readonly call: CallHandler; readonly hasParked: boolean },
): Promise<void> {
  const culprits = new Map<ReceivedEvent, NonNullable<LanePiece['culprit']>>();
  for (const { piece, reads, events } of readings) {
    for (const read of reads) if (!read.ok) unit.parkUnread(read.parked);
    if (piece.culprit) for (const event of events) culprits.set(event, piece.culprit);
  }
  const ready = await readyEvents(stage, unit, {
    events: readings.flatMap(({ events }) => events),
    hasParked,
  });
  for (const event of ready) {
    const culprit = culprits.get(event);
    if (culprit) unit.parkUnread(culprit(event));
  }
  const events = culprits.size === 0 ? ready : ready.filter((event) => !culprits.has(event));
  if (events.length > 0) await call({ events, unit } satisfies EventBatch);
  if (stage.options.inbox) await stage.remember(unit, ready);
}

/** Drops vendors' duplicates and lets events wait behind their object's parked ones, or replace them. */
async function readyEvents(
  stage: Stage,
  unit: Unit,
  { events, hasParked }: { events: readonly ReceivedEvent[]; hasParked: boolean },
): Promise<ReceivedEvent[]> {
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
      unit.park(event, WAITS_BEHIND(event.topic));
    }
  }
  if (replaced.length > 0) await unit.query(stage.statements.replaceParked, [replaced]);
  return ready;
}

const WAITS_BEHIND = (causeGroup: string) => ({
  code: 'waits-behind' as const,
  causeGroup,
  issues: [
    {
      pointer: '/',
      says: 'An earlier event of the same object is parked; this one waits behind it.',
    },
  ],
});

/** Another process has the lane, or the store was restored: each lane that moved away is read again from where it stands. */
async function lostPlaces(
  stage: Stage,
  pieces: readonly LanePiece[],
  advanced: Advanced | undefined,
): Promise<ReadonlyMap<LanePiece, PieceResult>> {
  if (advanced && !advanced.verified) await stage.raiseEpoch();
  const here = new Set(advanced?.verified ? advanced.moved : []);
  const lost = new Map<LanePiece, PieceResult>();
  for (const piece of pieces) {
    const { lane } = piece;
    if (here.has(`${lane.topic}/${lane.partition}`)) continue;
    lost.set(piece, { kind: 'seek', offset: await stage.positions.reload(lane) });
  }
  return lost;
}

/** What became of the events of one lane, for the trail and the log. */
function tell(stage: Stage, unit: Unit, { piece, events }: Reading, startedMs: number): void {
  const { topic, partition } = piece.lane;
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
  for (const { cause, reason, event } of unit.parked) {
    if (reason.code !== 'unreadable' && reason.code !== 'bug') continue;
    if (!isOf(piece.lane, event)) continue;
    const detail = `${reason.code} ${reason.causeGroup}`;
    told.push({ cause, type: 'unreadable', outcome: 'parked', detail });
  }
  stage.tellBatch({ topic, partition, durationMs, events: told });
}

function isOf(lane: Lane, event: Lane): boolean {
  return lane.topic === event.topic && lane.partition === event.partition;
}

/** At least one stored position is not where its lane thought it was. */
class NotHere extends Error {}
