import type { Adapter, Admission, Issue, SourceEvent } from '#adapters';
import {
  causationOf, encodePayload, sourceIdOf, sourceTopic, toBinaryHeaders, type SourceSetting,
} from '#canonical'; // prettier-ignore
import type { RefusalCode } from '../ingest-problems.js';
import { checkAttributes, type Attributes, type Candidate } from './check-attributes.js';
import { excessOf, type JsonLimits } from './measure-json.js';

/** What a verdict is given by: everything from outside is handed in, so that the verdict is pure. */
export interface Grounds {
  readonly clientId: string;
  /** The huvudman that the client's token acts for; undefined when it names none. */
  readonly actsFor: string | undefined;
  sourceSetting(sourceId: string): SourceSetting | undefined;
  adapterNamed(name: string): Adapter | undefined;
  /** The record's key: it names the object to nobody who lacks the hub's key (design §4). */
  recordKey(sourceId: string, objectKind: string, objectId: string): string;
  /** A fresh W3C `traceparent`, for an event that came without one. */
  newTraceparent(): string;
  readonly limits: JsonLimits;
  /** Looks at the content too, which is judged only when it has been stored: for whoever asks before sending. */
  readonly looksAhead: boolean;
}

export interface SourceRecord {
  readonly topic: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly value: string;
}

export interface Acceptance {
  readonly verdict: 'accepted';
  readonly id: string;
  readonly cause: string;
  readonly type: string;
  readonly record: SourceRecord;
  /** Pointers to what the adapter did not let in, with `*` for every place of a list and `?` for names that the standard does not know. */
  readonly redacted: readonly string[];
  /** What the adapter will find wrong with the content, so that the event would be parked; absent when nothing, or nobody looked. */
  readonly foreseen?: readonly Issue[];
}

export interface Refusal {
  readonly verdict: 'refused';
  /** As the caller sent it, if it is an id at all. */
  readonly id?: string;
  readonly code: RefusalCode;
  /** Pointers into the event, and what is expected there. Never a value. */
  readonly issues: readonly Issue[];
  /** Only once the event is known to be the caller's own to tell: others' trails are not written into. */
  readonly cause?: string;
  readonly type?: string;
}

export type Verdict = Acceptance | Refusal;

const TYPES_NAMED_MAX = 40;

/**
 * Says whether one event may enter, and makes the record that it enters as. Order: is it an event, are its attributes good, may this
 * credential speak for its source, is its data within limits, does the adapter know its type and admit its data. What the adapter
 * redacts is gone before the first write; what is written is never altered afterwards.
 *
 * @param event what was parsed; anything at all.
 */
export function judgeEvent(event: unknown, grounds: Grounds): Verdict {
  if (!isCandidate(event)) {
    return refuse(undefined, 'not-an-event', [{ pointer: '', says: 'must be a JSON object' }]);
  }
  const checked = checkAttributes(event);
  if (!checked.ok) return refuse(idOf(event), 'bad-attribute', checked.issues);
  const { attributes } = checked;

  const sourceId = sourceIdOf(attributes.source);
  const source = sourceId === undefined ? undefined : grounds.sourceSetting(sourceId);
  // One answer for a source that is another's and one that is not there: neither is the caller's to know.
  if (source === undefined || !maySpeakFor(source, grounds)) {
    return refuse(attributes.id, 'not-your-source', [
      { pointer: '/source', says: 'must be a source that is registered for your client' },
    ]);
  }
  const own = { id: attributes.id, cause: causationOf(attributes), type: attributes.type };

  const adapter = grounds.adapterNamed(source.adapter);
  if (adapter === undefined || adapter.kind !== source.sourceKind) {
    const says = 'has settings that name no adapter of its kind; tell the operator of the hub';
    return refuseOwn(own, 'source-not-ready', [{ pointer: '/source', says }]);
  }
  if (!adapter.types.includes(attributes.type)) {
    return refuseOwn(own, 'unknown-type', [{ pointer: '/type', says: typesOf(adapter) }]);
  }
  const excess = excessOf(event.data, grounds.limits);
  if (excess !== undefined) return refuseExcess(own, excess, grounds.limits);

  const admission = adapter.admit({ type: attributes.type, data: event.data });
  if (!admission.ok) return refuseOwn(own, 'bad-data', admission.issues.map(inData));
  const record = makeRecord(source, attributes, admission, grounds);
  if (holdsUnstorableText(record.value)) {
    const says = 'must not hold NUL characters or halves of surrogate pairs in its texts';
    return refuseOwn(own, 'bad-data', [{ pointer: '/data', says }]);
  }
  const content = { ...attributes, data: admission.data };
  const foreseen = grounds.looksAhead ? faultsOf(adapter, content) : [];
  return {
    verdict: 'accepted',
    ...own,
    record,
    redacted: admission.redacted,
    ...(foreseen.length > 0 && { foreseen }),
  };
}

/** The record of an event that the adapter has admitted: where it goes, by which key, and what is kept of it. */
export function makeRecord(
  source: SourceSetting,
  attributes: Attributes,
  { objectKind, objectId, data }: Extract<Admission, { ok: true }>,
  grounds: Pick<Grounds, 'recordKey' | 'newTraceparent'>,
): SourceRecord {
  const traceparent = attributes.traceparent ?? grounds.newTraceparent();
  return {
    topic: sourceTopic(source.sourceKind),
    key: grounds.recordKey(source.id, objectKind, objectId),
    headers: toBinaryHeaders({ ...attributes, traceparent }),
    value: encodePayload(data),
  };
}

function faultsOf(adapter: Adapter, { type, time, data }: SourceEvent): readonly Issue[] {
  const translation = adapter.translate({ type, data, ...(time !== undefined && { time }) });
  return translation.ok ? [] : translation.issues.map(inData);
}

function isCandidate(event: unknown): event is Candidate {
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

/** The id for the answer only, so that the caller finds the event again. */
function idOf(event: Candidate): string | undefined {
  return typeof event.id === 'string' && event.id.length <= 200 ? event.id : undefined;
}

function refuse(id: string | undefined, code: RefusalCode, issues: readonly Issue[]): Refusal {
  return { verdict: 'refused', ...(id !== undefined && { id }), code, issues };
}

function refuseOwn(
  own: { readonly id: string; readonly cause: string; readonly type: string },
  code: RefusalCode,
  issues: readonly Issue[],
): Refusal {
  return { verdict: 'refused', ...own, code, issues };
}

function refuseExcess(
  own: { readonly id: string; readonly cause: string; readonly type: string },
  excess: 'too-deep' | 'too-large',
  limits: JsonLimits,
): Refusal {
  const says =
    excess === 'too-deep'
      ? `must not be nested deeper than ${limits.depthMax} levels`
      : `must not be larger than ${limits.bytesMax} bytes`;
  return refuseOwn(own, excess === 'too-deep' ? 'data-too-deep' : 'data-too-large', [
    { pointer: '/data', says },
  ]);
}

function typesOf(adapter: Adapter): string {
  return `must be one of ${adapter.types.slice(0, TYPES_NAMED_MAX).join(', ')}`;
}

function inData(issue: Issue): Issue {
  return { pointer: `/data${issue.pointer === '/' ? '' : issue.pointer}`, says: issue.says };
}

function maySpeakFor(
  { clients, huvudman }: SourceSetting,
  { clientId, actsFor }: Grounds,
): boolean {
  return clients.includes(clientId) && (actsFor === undefined || actsFor === huvudman);
}

/**
 * PostgreSQL stores neither NUL nor half a surrogate pair, and JSON.stringify writes `\u` only for control characters and such
 * halves. The rule for NUL is `decodePayload`'s own, so that what enters here can be read there.
 */
function holdsUnstorableText(json: string): boolean {
  if (!json.includes('\\u')) return false;
  return json.includes('\\u0000') || /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/.test(json);
}
