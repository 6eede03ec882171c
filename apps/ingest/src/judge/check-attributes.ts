import type { Issue } from '#adapters';

/** A CloudEvent as JSON, in structured mode: nothing of it has been checked. */
export type Candidate = Readonly<Record<string, unknown>>;

/** The attributes of which every event needs a good one before anything else can be asked of it. */
export interface Attributes {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time?: string;
  readonly dataschema?: string;
  readonly sequence?: string;
  readonly traceparent?: string;
}

export type AttributesResult =
  | { readonly ok: true; readonly attributes: Attributes }
  | { readonly ok: false; readonly issues: readonly Issue[] };

export const ID_LENGTH_MAX = 200;
const SOURCE_LENGTH_MAX = 100;
const TYPE_LENGTH_MAX = 200;
const DATASCHEMA_LENGTH_MAX = 250;
const SEQUENCE_LENGTH_MAX = 100;

const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const JSON_MEDIA_TYPE = /^application\/([a-z0-9.!#$&^_-]+\+)?json\s*(;\s*charset="?utf-8"?\s*)?$/i;
const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * Reads the attributes that the hub keeps (CloudEvents 1.0 §3.1) and names every fault at once. `subject` and unknown extensions
 * are dropped on purpose: a vendor may write a name or a number into them, and they would become Kafka headers.
 */
export function checkAttributes(event: Candidate): AttributesResult {
  const issues: Issue[] = [];
  const fault = (name: string, says: string): void => {
    issues.push({ pointer: `/${name}`, says });
  };

  if (event.specversion !== '1.0') fault('specversion', 'must be the text "1.0"');
  const { id, source, type, time, dataschema, sequence, traceparent } = event;
  if (!isPlainText(id, ID_LENGTH_MAX)) {
    fault('id', `must be a text of 1 to ${ID_LENGTH_MAX} characters without control characters`);
  }
  if (!isVisibleAscii(source, SOURCE_LENGTH_MAX)) {
    fault('source', 'must be the source that is registered for you: urn:elevnav:source:<id>');
  }
  if (!isVisibleAscii(type, TYPE_LENGTH_MAX)) {
    fault('type', `must be a text of 1 to ${TYPE_LENGTH_MAX} visible ASCII characters`);
  }
  if (isGiven(time) && !isInstant(time)) {
    fault('time', 'must be an RFC 3339 time with its zone, such as 2026-11-22T08:30:00Z');
  }
  if (isGiven(dataschema) && !isVisibleAscii(dataschema, DATASCHEMA_LENGTH_MAX)) {
    fault('dataschema', `must be a URI of at most ${DATASCHEMA_LENGTH_MAX} characters`);
  }
  if (isGiven(sequence) && !isVisibleAscii(sequence, SEQUENCE_LENGTH_MAX)) {
    fault('sequence', `must be a text of at most ${SEQUENCE_LENGTH_MAX} visible ASCII characters`);
  }
  checkDataAttributes(event, fault);
  if (issues.length > 0) return { ok: false, issues };

  return {
    ok: true,
    attributes: {
      id: id as string,
      source: source as string,
      type: type as string,
      ...(isGiven(time) && { time: time as string }),
      ...(isGiven(dataschema) && { dataschema: dataschema as string }),
      ...(isGiven(sequence) && { sequence: sequence as string }),
      // W3C Trace Context §3.2.2.3: one that does not parse is replaced, not refused.
      ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
    },
  };
}

function checkDataAttributes(event: Candidate, fault: (name: string, says: string) => void): void {
  const { datacontenttype } = event;
  const isJson = typeof datacontenttype === 'string' && JSON_MEDIA_TYPE.test(datacontenttype);
  if (isGiven(datacontenttype) && !isJson) {
    fault('datacontenttype', 'must be application/json or another JSON type, in UTF-8');
  }
  if (isGiven(event.data_base64)) {
    fault('data_base64', 'is not read here; send the data as JSON in data');
  } else if (!isGiven(event.data)) {
    fault('data', 'must be there: a JSON object');
  } else if (typeof event.data !== 'object' || Array.isArray(event.data)) {
    fault('data', 'must be a JSON object');
  }
}

/** CloudEvents JSON format §2.2: an attribute that is null counts as absent. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isPlainText(value: unknown, lengthMax: number): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= lengthMax &&
    value.isWellFormed() &&
    !CONTROL_CHARACTER.test(value)
  );
}

function isVisibleAscii(value: unknown, lengthMax: number): value is string {
  return typeof value === 'string' && value.length <= lengthMax && VISIBLE_ASCII.test(value);
}

function isInstant(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 40) return false;
  const parts = RFC_3339.exec(value);
  if (parts === null || Number.isNaN(Date.parse(value))) return false;
  // Date.parse takes 30 February for 2 March.
  const [, year, month, day] = parts;
  return Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
}
