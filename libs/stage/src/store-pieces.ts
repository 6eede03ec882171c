import type { Outcome, TrailData } from '#canonical';
import type { CallHandler, Lane } from '#kafka';
import { isForgotten, type Life } from './forgotten-records.js';
import type { LanePiece, PieceResult } from './lane-piece.js';
import { keptRecord, readRecord, type ReadRecord } from './read-record.js';
import { readyEvents } from './ready-events.js';
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
      const read = pieces.map((piece) => readPiece(piece));
      const [[row], seen] = await Promise.all([
        session.query<Advanced>(stage.statements.advance, advanceOf(pieces, cluster)),
        stage.seenBefore(session, read.flatMap(eventsOf)),
      ]);
      advanced = row;
      if (!row?.verified || row.moved.length < pieces.length) throw new NotHere();
      const readings = read.map((reading) => withoutForgotten(reading, row));
      const records = recordsOf(readings);
      const unit = stage.unit(session, row.epoch, (event) => keptRecord(records.get(event)!));
      await fill(unit, readings, { stage, call, seen, hasParked: row.has_parked });
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

function advanceOf(pieces: readonly LanePiece[], cluster: string): unknown[] {
  return [
    pieces.map(({ lane }) => lane.topic),
    pieces.map(({ lane }) => lane.partition),
    pieces.map(({ from }) => from),
    pieces.map(({ to }) => to),
    cluster,
  ];
}

function readPiece(piece: LanePiece): Reading {
  return {
    piece,
    reads: piece.records.map((record) => readRecord(piece.lane, record)),
    forgotten: 0,
  };
}

function withoutForgotten({ piece, reads }: Reading, life: Life): Reading {
  const remembered = reads.filter((_, index) => !isForgotten(piece.records[index]!, life));
  return { piece, reads: remembered, forgotten: reads.length - remembered.length };
}

function eventsOf({ reads }: Reading): ReceivedEvent[] {
  return reads.flatMap((read) => (read.ok ? [read.event] : []));
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
  { stage, call, seen, hasParked }: Around,
): Promise<void> {
  const culprits = new Map<ReceivedEvent, NonNullable<LanePiece['culprit']>>();
  for (const reading of readings) {
    const { piece, reads } = reading;
    for (const read of reads) if (!read.ok) unit.parkUnread(read.parked);
    if (piece.culprit) for (const event of eventsOf(reading)) culprits.set(event, piece.culprit);
  }
  const events = readings.flatMap(eventsOf);
  const fresh = stage.options.inbox ? stage.dropDuplicates(unit, events, seen) : events;
  const ready = hasParked ? await readyEvents(stage, unit, fresh) : fresh;
  for (const event of ready) {
    const culprit = culprits.get(event);
    if (culprit) unit.parkUnread(culprit(event));
  }
  const handled = culprits.size === 0 ? ready : ready.filter((event) => !culprits.has(event));
  if (handled.length > 0) await call({ events: handled, unit } satisfies EventBatch);
  if (stage.options.inbox) stage.remember(unit, ready);
}

interface Around {
  readonly stage: Stage;
  readonly call: CallHandler;
  /** What the inbox knows, as `source id`. */
  readonly seen: Set<string>;
  readonly hasParked: boolean;
}

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
function tell(stage: Stage, unit: Unit, reading: Reading, startedMs: number): void {
  const { piece } = reading;
  const { topic, partition } = piece.lane;
  const durationMs = Math.round((performance.now() - startedMs) * 10) / 10;
  const told: TrailData['events'] = eventsOf(reading).map((event) => {
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
