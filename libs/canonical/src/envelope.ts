/**
 * The CloudEvents 1.0 attributes that Elevnav uses (standards §6.1), with the extensions of design §4. On our topics they are
 * headers (`ce_*`, binary mode), so that routing needs no parsing of the payload. None of them holds a name or a personnummer.
 */
export interface Envelope {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** RFC 3339, when the thing happened at the source. */
  readonly time?: string;
  readonly dataschema?: string;
  readonly datacontenttype?: string;
  readonly partitionkey?: string;
  readonly sequence?: string;
  readonly huvudman?: string;
  readonly schoolunit?: string;
  /** The source event that this event is an effect of: its `source` and `id`, joined by a space. */
  readonly causationid?: string;
  readonly traceparent?: string;
}

export const ENVELOPE_ATTRIBUTES = [
  'id',
  'source',
  'type',
  'subject',
  'time',
  'dataschema',
  'datacontenttype',
  'partitionkey',
  'sequence',
  'huvudman',
  'schoolunit',
  'causationid',
  'traceparent',
] as const satisfies readonly (keyof Envelope)[];

/** Names an event for good: `source` and `id` together are unique (CloudEvents 1.0 §3.1.1). */
export function causationOf(envelope: Pick<Envelope, 'source' | 'id'>): string {
  return `${envelope.source} ${envelope.id}`;
}

/** Kafka headers of an event in binary mode (CloudEvents Kafka binding §3.2). */
export function toBinaryHeaders(envelope: Envelope): Record<string, string> {
  const headers: Record<string, string> = { ce_specversion: '1.0' };
  for (const attribute of ENVELOPE_ATTRIBUTES) {
    const value = envelope[attribute];
    if (value === undefined) continue;
    if (attribute === 'datacontenttype') continue;
    headers[`ce_${attribute}`] = value;
  }
  headers['content-type'] = envelope.datacontenttype ?? 'application/json';
  return headers;
}

/** Header values as they come from Kafka: missing, null (legal in Kafka), one value or, for a doubled key, several. */
export type RawHeaders = Readonly<
  Record<string, Buffer | string | null | undefined | readonly (Buffer | string | null)[]>
>;

export type EnvelopeResult =
  | { readonly ok: true; readonly envelope: Envelope }
  | { readonly ok: false; readonly missing: readonly string[] };

/** Reads a binary-mode event's attributes. Of a doubled header the first value counts; a null value counts as absent. */
export function fromBinaryHeaders(headers: RawHeaders | undefined): EnvelopeResult {
  const envelope: Record<string, string> = {};
  for (const attribute of ENVELOPE_ATTRIBUTES) {
    const name = attribute === 'datacontenttype' ? 'content-type' : `ce_${attribute}`;
    const value = headerText(headers?.[name]);
    if (value !== undefined) envelope[attribute] = value;
  }
  const missing = ['id', 'source', 'type'].filter((name) => !envelope[name]);
  if (missing.length > 0) return { ok: false, missing: missing.map((name) => `ce_${name}`) };
  return { ok: true, envelope: envelope as unknown as Envelope };
}

function headerText(value: RawHeaders[string]): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  if (first === null || first === undefined) return undefined;
  return typeof first === 'string' ? first : (first as Buffer).toString('utf8');
}
