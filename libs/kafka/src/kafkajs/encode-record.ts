/** A record as kafkajs hands it to be encoded. */
export interface RecordFields {
  readonly offsetDelta?: number;
  /** Milliseconds after the batch's first record. */
  readonly timestampDelta?: number;
  readonly key?: Buffer | string | null;
  readonly value?: Buffer | string | null;
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>;
}
type HeaderValue = Buffer | string | null;

const VAR_INT_BYTES_MAX = 5;
const VAR_LONG_BYTES_MAX = 10;
const ATTRIBUTES_BYTES = 1;

/**
 * One record of a record batch, version 2 (Kafka's documentation, "Message format"), written once into a buffer of the right
 * size. kafkajs 2.2.4 makes a 512-byte buffer for each record and each header and copies them into each other: eleven times as slow
 * for a record with the 14 headers of an event of ours.
 */
export function encodeRecord(fields: RecordFields): Buffer {
  const { offsetDelta = 0, timestampDelta = 0, headers = {} } = fields;
  const key = bytesOf(fields.key);
  const value = bytesOf(fields.value);
  const pairs: (readonly [name: Buffer, value: Measured])[] = [];
  let bytesMax =
    ATTRIBUTES_BYTES + VAR_LONG_BYTES_MAX + VAR_INT_BYTES_MAX * 4 + key.bytes + value.bytes;
  for (const name of Object.keys(headers)) {
    const given = headers[name]!;
    const nameBytes = nameBytesOf(name);
    for (const one of Array.isArray(given) ? (given as HeaderValue[]) : [given as HeaderValue]) {
      const measured = bytesOf(one);
      bytesMax += VAR_INT_BYTES_MAX + nameBytes.length + measured.bytes;
      pairs.push([nameBytes, measured]);
    }
  }
  // The length of the body stands before it and is itself of a length that depends on it, so the body is written first.
  const buffer = Buffer.allocUnsafe(VAR_INT_BYTES_MAX + bytesMax);
  let at = VAR_INT_BYTES_MAX;
  buffer[at++] = 0; // no attributes of a record are used
  at = writeVarLong(buffer, timestampDelta, at);
  at = writeVarInt(buffer, offsetDelta, at);
  at = writeBytes(buffer, key, at);
  at = writeBytes(buffer, value, at);
  at = writeVarInt(buffer, pairs.length, at);
  for (const [name, one] of pairs) {
    at += name.copy(buffer, at);
    at = writeBytes(buffer, one, at);
  }
  const bodyBytes = at - VAR_INT_BYTES_MAX;
  const start = VAR_INT_BYTES_MAX - varIntBytes(bodyBytes);
  writeVarInt(buffer, bodyBytes, start);
  return buffer.subarray(start, at);
}

interface Measured {
  readonly given: Buffer | string | null;
  readonly bytes: number;
}

function bytesOf(given: Buffer | string | null | undefined): Measured {
  if (given === null || given === undefined) return { given: null, bytes: 0 };
  if (Buffer.isBuffer(given)) return { given, bytes: given.length };
  const text = typeof given === 'string' ? given : String(given as unknown);
  return { given: text, bytes: Buffer.byteLength(text) };
}

const NAMES_KEPT = 256;
const names = new Map<string, Buffer>();

/** A header's name with its length before it. There are few names, and every record has most of them. */
function nameBytesOf(name: string): Buffer {
  let bytes = names.get(name);
  if (bytes === undefined) {
    const measured = bytesOf(name);
    const buffer = Buffer.alloc(VAR_INT_BYTES_MAX + measured.bytes);
    bytes = buffer.subarray(0, writeBytes(buffer, measured, 0));
    if (names.size < NAMES_KEPT) names.set(name, bytes);
  }
  return bytes;
}

function writeBytes(buffer: Buffer, { given, bytes }: Measured, at: number): number {
  if (given === null) return writeVarInt(buffer, -1, at);
  const from = writeVarInt(buffer, bytes, at);
  if (typeof given === 'string') buffer.write(given, from, bytes);
  else given.copy(buffer, from);
  return from + bytes;
}

/** Zigzag, then seven bits to a byte, the lowest first. */
function writeVarInt(buffer: Buffer, value: number, at: number): number {
  let left = ((value << 1) ^ (value >> 31)) >>> 0;
  while (left > 0x7f) {
    buffer[at++] = (left & 0x7f) | 0x80;
    left >>>= 7;
  }
  buffer[at++] = left;
  return at;
}

function varIntBytes(value: number): number {
  let left = ((value << 1) ^ (value >> 31)) >>> 0;
  let bytes = 1;
  while (left > 0x7f) {
    bytes++;
    left >>>= 7;
  }
  return bytes;
}

/** As `writeVarInt`, beyond 32 bits; exact for safe integers. */
function writeVarLong(buffer: Buffer, value: number, at: number): number {
  if (value >= -0x40000000 && value < 0x40000000) return writeVarInt(buffer, value, at);
  let left = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  while (left > 0x7fn) {
    buffer[at++] = Number(left & 0x7fn) | 0x80;
    left >>= 7n;
  }
  buffer[at++] = Number(left);
  return at;
}
