import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { adapterNamed } from '#adapters';
import type { EventProducer } from '#kafka';
import { Problem, PROBLEMS, type CounterHandle } from '#runtime';
import type { HuvudmanKeys, Settings, TrailWriter } from '#stage';
import type { IngestConfig } from './ingest.config.js';
import { judgeEvent, type Grounds, type Verdict } from './judge/judge-event.js';
import { LineTally, type LinesAnswer } from './judge/line-tally.js';
import { problemOfRefusals, tellVerdicts, type Answer } from './judge/tell-verdicts.js';
import type { ClientLimits } from './limit-clients.js';
import { BodyReader } from './read/body-reader.js';
import { modeOf, type Mode } from './read/media-types.js';
import { parseEvents, parseLine } from './read/parse-events.js';
import { LINE_TOO_LONG, streamLines, type Line } from './read/stream-lines.js';
import { storeEvents } from './store-events.js';
import { trailOf } from './tell-trail.js';

/** One request, behind the guard, its body not read yet. */
export interface Push {
  readonly clientId: string;
  /** The huvudman that the token names, if it names one. */
  readonly actsFor: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  /** `check`: the same verdicts, with what would be parked; nothing is stored or told to the trail. */
  readonly purpose: 'store' | 'check';
}

export interface DoorParts {
  readonly config: IngestConfig;
  readonly settings: Pick<Settings, 'source'>;
  readonly keys: Pick<HuvudmanKeys, 'digest'>;
  readonly producer: Pick<EventProducer, 'send'>;
  readonly limits: ClientLimits;
  readonly trail: Pick<TrailWriter, 'write'>;
  /** Events judged, by verdict: `accepted` or the code of the refusal. */
  readonly judged: CounterHandle<'verdict'>;
  readonly signal: AbortSignal;
}

const KEY_PURPOSE = 'record-key';
const KEY_DIGITS = 32;
const CHUNK_LINES_MAX = 500;
const CHUNK_BYTES_MAX = 512 * 1024;
/** What the attributes of a line may take beside its data. */
const ATTRIBUTES_BYTES_MAX = 16 * 1024;

/**
 * The way of a push: limits of the client, body, verdicts, store, answer. The events of one request keep their order; two requests of
 * one client at the same time may be stored interleaved, so a caller who needs an order between requests waits for the answer.
 */
export class EventDoor {
  constructor(private readonly parts: DoorParts) {}

  /**
   * @returns what became of each event, at least one of which was accepted.
   * @throws Problem when none was, or when the request as a whole failed.
   */
  async receive(push: Push): Promise<Answer | LinesAnswer> {
    const mode = modeOf(push.headers['content-type']);
    if (mode === undefined) throw new Problem(PROBLEMS['unsupported-media-type']);
    const body = this.bodyOf(push, mode);
    try {
      const leave = this.parts.limits.enter(push.clientId);
      try {
        return mode === 'lines'
          ? await this.receiveLines(push, body)
          : await this.receiveEvents(push, body, mode);
      } finally {
        leave();
      }
    } catch (error) {
      const isAtEnd = await body.discardRest();
      throw isAtEnd ? error : closingConnection(error);
    }
  }

  private bodyOf(push: Push, mode: Mode): BodyReader {
    const { config, signal } = this.parts;
    const bodyMsMax = config.bodySecondsMax * 1_000;
    const isStream = mode === 'lines';
    return new BodyReader(push.body, {
      bytesMax: isStream ? config.streamBytesMax : config.bodyBytesMax,
      pauseMsMax: bodyMsMax,
      wholeMsMax: isStream ? config.streamSecondsMax * 1_000 : bodyMsMax,
      signal,
    });
  }

  private async receiveEvents(
    push: Push,
    body: BodyReader,
    mode: Exclude<Mode, 'lines'>,
  ): Promise<Answer> {
    const startedAt = performance.now();
    const { eventsMax } = this.parts.config;
    const { clientId, headers } = push;
    const events = parseEvents(mode, await body.whole(), { headers, eventsMax });
    this.parts.limits.take(clientId, events.length);
    const grounds = this.groundsOf(push);
    const verdicts = events.map((event) => judgeEvent(event, grounds));
    await this.settle(push, verdicts, startedAt);

    const answer = tellVerdicts(verdicts);
    if (answer.accepted > 0 || events.length === 0) return answer;
    const told = verdicts.flatMap((verdict, position) => {
      const pointer = mode === 'batch' ? `#/${position}` : '#';
      return verdict.verdict === 'refused' ? [{ pointer, refusal: verdict }] : [];
    });
    throw problemOfRefusals(told.slice(0, this.parts.config.refusalsMax), answer.refused);
  }

  /** Chunk by chunk: while one is being stored the next is read and judged, and no third one is read. */
  private async receiveLines(push: Push, body: BodyReader): Promise<LinesAnswer> {
    const { config } = this.parts;
    const tally = new LineTally(config.refusalsMax);
    const grounds = this.groundsOf(push);
    let storing: Promise<Error | undefined> = Promise.resolve(undefined);
    try {
      const chunks = streamLines(async () => body.next(), {
        lineBytesMax: config.eventBytesMax + ATTRIBUTES_BYTES_MAX,
        chunkLinesMax: CHUNK_LINES_MAX,
        chunkBytesMax: CHUNK_BYTES_MAX,
      });
      for await (const lines of chunks) {
        await this.slowDown(push.clientId, lines.length);
        const verdicts = lines.map((line) => judgeLine(line, grounds));
        const failure = await storing;
        if (failure !== undefined) throw failure;
        storing = this.settle(push, verdicts, performance.now()).then(
          () => tally.add(lines, verdicts),
          (error: Error) => error,
        );
      }
      const failure = await storing;
      if (failure !== undefined) throw failure;
    } catch (error) {
      // What is under way is settled first, so that the answer tells exactly how far it came.
      await storing;
      throw tally.brokenOff(error);
    }
    return tally.answer();
  }

  /** Stores what was accepted, then tells the trail and the metrics. */
  private async settle(push: Push, verdicts: readonly Verdict[], startedAt: number): Promise<void> {
    if (push.purpose === 'check') return;
    await storeEvents(this.parts.producer, verdicts, this.parts.config.gatherMs);
    const durationMs = Math.round(performance.now() - startedAt);
    const trail = trailOf(verdicts, { at: new Date(), durationMs });
    if (trail !== undefined) this.parts.trail.write(trail);
    for (const [verdict, count] of countVerdicts(verdicts)) {
      this.parts.judged.add(count, { verdict });
    }
  }

  private async slowDown(clientId: string, events: number): Promise<void> {
    const waitMs = this.parts.limits.takeInAdvance(clientId, events);
    if (waitMs === 0) return;
    try {
      await delay(waitMs, undefined, { signal: this.parts.signal });
    } catch (cause) {
      throw new Problem(PROBLEMS.closing, { retryAfterSeconds: 1, cause });
    }
  }

  private groundsOf({ clientId, actsFor, purpose }: Push): Grounds {
    const { config, keys, settings } = this.parts;
    return {
      clientId,
      actsFor,
      sourceSetting: (sourceId) => settings.source(sourceId),
      adapterNamed,
      recordKey: (sourceId, objectKind, objectId) =>
        keys.digest(KEY_PURPOSE, `${sourceId} ${objectKind} ${objectId}`).slice(0, KEY_DIGITS),
      newTraceparent,
      limits: { depthMax: config.jsonDepthMax, bytesMax: config.eventBytesMax },
      looksAhead: purpose === 'check',
    };
  }
}

function judgeLine(line: Line, grounds: Grounds): Verdict {
  if (line.content !== LINE_TOO_LONG) return judgeEvent(parseLine(line.content), grounds);
  const says = `must not be longer than ${grounds.limits.bytesMax} bytes of data and its attributes`;
  return { verdict: 'refused', code: 'data-too-large', issues: [{ pointer: '', says }] };
}

function countVerdicts(verdicts: readonly Verdict[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const verdict of verdicts) {
    const name = verdict.verdict === 'accepted' ? 'accepted' : verdict.code;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** W3C Trace Context §3.2: a trace of its own for each event. Both halves come from one random UUID. */
function newTraceparent(): string {
  const hex = randomUUID().replaceAll('-', '');
  return `00-${hex}-${hex.slice(16)}-01`;
}

/** The caller is still sending: after the answer the connection cannot carry another request. */
function closingConnection(error: unknown): unknown {
  if (!(error instanceof Problem)) return error;
  const headers = { ...error.options.headers, connection: 'close' };
  return new Problem(error.kind, { ...error.options, detail: error.message, headers });
}
