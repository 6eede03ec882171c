import { decodePayload, fromBinaryHeaders, type RawHeaders } from '#canonical';
import type { Lane, RawRecord } from '#kafka';
import type { KeptRecord, ParkedRow } from './unit.js';
import type { ReceivedEvent } from './unit-of-work.js';

export type ReadRecord =
  | { readonly ok: true; readonly event: ReceivedEvent; readonly record: RawRecord }
  | { readonly ok: false; readonly parked: ParkedRow };

/** Reads a record as far as every stage needs it. What cannot be read is a value, to be parked with its reason. */
export function readRecord(lane: Lane, record: RawRecord): ReadRecord {
  const place = `${lane.topic}/${lane.partition}/${record.offset}`;
  const key = record.key && record.key.length > 0 ? printable(record.key) : `no-key ${place}`;
  const where = { ...lane, offset: String(record.offset), key };
  const envelope = fromBinaryHeaders(record.headers);
  if (!envelope.ok) {
    const says = `The headers ${envelope.missing.join(', ')} are missing: send CloudEvents 1.0 in binary mode.`;
    return { ok: false, parked: unreadable(where, place, record, says, undefined) };
  }
  if (Object.values(envelope.envelope).some((value: string) => value.includes('\u0000'))) {
    const says = 'A header holds a NUL character: send the event again without it, with a new id.';
    return { ok: false, parked: unreadable(where, place, record, says, envelope.envelope) };
  }
  const decoded = decodePayload(record.value);
  if (!decoded.ok) {
    const says = `The event cannot be read: ${decoded.reason}. Send it again, mended, with a new id.`;
    return { ok: false, parked: unreadable(where, place, record, says, envelope.envelope) };
  }
  return { ok: true, event: { ...where, envelope: envelope.envelope, data: decoded.data }, record };
}

function unreadable(
  where: Pick<ReceivedEvent, 'topic' | 'partition' | 'offset' | 'key'>,
  place: string,
  record: RawRecord,
  says: string,
  envelope: ReceivedEvent['envelope'] | undefined,
): ParkedRow {
  return {
    event: { ...where, ...(envelope && { envelope: cleaned(envelope) }) },
    cause: envelope ? clean(`${envelope.source} ${envelope.id}`) : place,
    kept: keptRecord(record),
    reason: { code: 'unreadable', causeGroup: where.topic, issues: [{ pointer: '/', says }] },
  };
}

/** Headers as text, null ones left out, of doubled ones the first; the value as it lay there. */
export function keptRecord(record: Pick<RawRecord, 'headers' | 'value'>): KeptRecord {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(record.headers as RawHeaders)) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (first === null || first === undefined) continue;
    headers[clean(name)] = clean(
      Buffer.isBuffer(first) ? first.toString('utf8') : String(first as string),
    );
  }
  return { headers, value: record.value };
}

/** PostgreSQL's text cannot hold a NUL character. */
function clean(text: string): string {
  return text.includes('\u0000') ? text.replaceAll('\u0000', '\ufffd') : text;
}

function cleaned<T extends object>(envelope: T): T {
  return Object.fromEntries(
    Object.entries(envelope).map(([name, value]) => [
      name,
      typeof value === 'string' ? clean(value) : (value as unknown),
    ]),
  ) as T;
}

function printable(key: Buffer): string {
  return clean(key.toString('utf8'));
}
