import type { Static, TSchema } from '@sinclair/typebox';
import { compileSchema, type SourceKind } from '#canonical';
import type { Adapter, Admission, Issue, SourceEvent, Translation } from './adapter.js';
import type { Fact } from './facts.js';
import { Reading, localId } from './reading.js';
import { correct, redactorOf, required } from './redact.js';

/** One type of event of one source system. */
export interface MessageOf<T extends TSchema> {
  /** What is kept of the payload; objects by `kept`, every text and list bounded. */
  schema: T;
  objectKind: string;
  /** JSON Pointer to the source's id of the object. */
  objectIdAt: string;
  /** See `Adapter.carriesFullState`. */
  carriesFullState: boolean;
  /** Gets a payload that fits the schema. Notes what is wrong beyond that in `reading`. */
  read(data: Static<T>, reading: Reading): Fact[];
}

/** A message whose schema has been made into functions. */
export interface Message {
  readonly carriesFullState: boolean;
  admit(data: unknown): Admission;
  translate(event: SourceEvent): Translation;
}

/**
 * Compiles a message once, at start. Measured on Node 24, one core: a pupil of 770 bytes is admitted in 2.7 µs and translated in 4.3 µs
 * (JSON.parse of the same bytes: 3.5 µs).
 */
export function message<T extends TSchema>(type: string, of: MessageOf<T>): [string, Message] {
  const redact = redactorOf(of.schema);
  const shape = compileSchema(`urn:elevnav:schema:source:${type}:1`, of.schema);
  const idPath = of.objectIdAt.slice(1).split('/');

  const compiled: Message = {
    carriesFullState: of.carriesFullState,
    admit(payload) {
      const { data, redacted, issues } = redact(payload);
      if (issues.length > 0) return { ok: false, issues };
      const objectId = textAt(data, idPath);
      if (objectId === undefined) {
        const says = required('the id of the object that the event is about, as a text');
        return { ok: false, issues: [{ pointer: of.objectIdAt, says }] };
      }
      return { ok: true, objectKind: of.objectKind, objectId: localId(objectId), data, redacted };
    },
    translate(event) {
      // Redacted again: what did not come through the door is held to the same limits, and facts hold nothing that the door drops.
      const { data, issues } = redact(event.data);
      if (issues.length > 0) return { ok: false, issues };
      if (!shape.check(data))
        return { ok: false, issues: shapeIssues(of.schema, shape.faults(data)) };
      const reading = new Reading(event.time);
      const facts = of.read(data, reading);
      return reading.issues.length > 0
        ? { ok: false, issues: reading.issues }
        : { ok: true, facts };
    },
  };
  return [type, compiled];
}

/** An adapter out of its messages. */
export function makeAdapter(
  name: string,
  kind: SourceKind,
  messages: readonly (readonly [string, Message])[],
): Adapter {
  const byType = new Map(messages);
  const types = [...byType.keys()];
  const unknownType = {
    ok: false,
    issues: [
      { pointer: '/', says: `The type is none of this source's. Send one of ${types.join(', ')}.` },
    ],
  } as const;
  return {
    name,
    kind,
    types,
    admit: ({ type, data }) => byType.get(type)?.admit(data) ?? unknownType,
    translate: (event) => byType.get(event.type)?.translate(event) ?? unknownType,
    carriesFullState: (type) => byType.get(type)?.carriesFullState ?? false,
  };
}

function textAt(data: unknown, path: readonly string[]): string | undefined {
  let value = data;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  return value as string | undefined;
}

/** One issue for each place, in the schema's own words. */
function shapeIssues(
  schema: TSchema,
  faults: readonly { pointer: string; expected: string }[],
): Issue[] {
  const issues = new Map<string, Issue>();
  for (const { pointer, expected } of faults) {
    if (issues.has(pointer)) continue;
    const described = descriptionAt(schema, pointer) ?? 'a value';
    const isMissing = expected === MISSING;
    issues.set(pointer, { pointer, says: isMissing ? required(described) : correct(described) });
  }
  return [...issues.values()];
}

/** How TypeBox words the fault of a property that is not there. */
const MISSING = 'Expected required property';

function descriptionAt(schema: TSchema, pointer: string): string | undefined {
  let place: TSchema | undefined = schema;
  for (const name of pointer.split('/').slice(1)) {
    const properties = place?.['properties'] as Record<string, TSchema> | undefined;
    place = properties === undefined ? (place?.['items'] as TSchema | undefined) : properties[name];
  }
  return place?.description;
}
