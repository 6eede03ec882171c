/** What kafkajs knows of the batch that a record is in; passed on as it is. */
export interface BatchContext {
  readonly firstOffset?: string;
  readonly firstTimestamp?: string;
  readonly maxTimestamp?: string;
  readonly magicByte?: number;
  readonly isControlBatch?: boolean;
  readonly timestampType?: number;
}

/** The bytes of one record, its length before it already read. */
export interface RecordSource {
  readonly buffer: Buffer;
  offset: number;
}

export interface DecodedRecord {
  readonly magicByte: number | undefined;
  readonly attributes: number;
  readonly timestamp: string;
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, HeaderValue>;
  readonly isControlRecord: boolean;
  readonly batchContext: BatchContext;
}
type HeaderValue = Buffer | null | (Buffer | null)[];

const LOG_APPEND_TIME = 1;
/** Decimal texts up to this length are exact as numbers. */
const EXACT_DIGITS_MAX = 15;
/** Seven groups of seven bits: what is shifted stays exact. */
const VAR_LONG_BYTES_EXACT = 7;

/**
 * One record of a record batch, version 2 (Kafka's documentation, "Message format"), as kafkajs 2.2.4 gives it. It counts
 * offsets and times in big integers and copies all earlier headers for each header: two and a half times as slow.
 *
 * @returns undefined for what is rare and not exact in numbers, or has an odd header: kafkajs's own decoder takes that.
 */
export function decodeRecord(
  source: RecordSource,
  batchContext: BatchContext = {},
): DecodedRecord | undefined {
  const { firstOffset, firstTimestamp, magicByte, maxTimestamp } = batchContext;
  const { timestampType, isControlBatch = false } = batchContext;
  if (!isExact(firstOffset) || !isExact(firstTimestamp)) return undefined;
  const reader = new Reader(source.buffer, source.offset);
  const attributes = reader.int8();
  const timestampDelta = reader.varLong();
  if (timestampDelta === undefined) return undefined;
  const isBrokersTime = timestampType === LOG_APPEND_TIME && maxTimestamp;
  const timestamp = isBrokersTime ? maxTimestamp : String(Number(firstTimestamp) + timestampDelta);
  const offset = String(Number(firstOffset) + reader.varInt());
  const key = reader.bytes();
  const value = reader.bytes();
  const headers = headersOf(reader);
  if (headers === undefined) return undefined;
  source.offset = reader.at;
  return {
    magicByte,
    attributes,
    timestamp,
    offset,
    key,
    value,
    headers,
    isControlRecord: isControlBatch,
    batchContext,
  };
}

function isExact(digits: string | undefined): digits is string {
  return digits !== undefined && digits.length <= EXACT_DIGITS_MAX;
}

function headersOf(reader: Reader): Record<string, HeaderValue> | undefined {
  const headers: Record<string, HeaderValue> = {};
  const count = reader.varInt();
  for (let i = 0; i < count; i++) {
    const name = reader.bytes()?.toString('utf8');
    if (name === undefined || name === '__proto__') return undefined;
    const value = reader.bytes();
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else headers[name] = [known, value];
  }
  return headers;
}

class Reader {
  constructor(
    private readonly buffer: Buffer,
    public at: number,
  ) {}

  int8(): number {
    return this.buffer.readInt8(this.at++);
  }

  /** Seven bits to a byte, the lowest first, then zigzag. */
  varInt(): number {
    let result = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = this.buffer[this.at++]!;
      result |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return (result >>> 1) ^ -(result & 1);
  }

  /** @returns undefined when it takes more than 49 bits. */
  varLong(): number | undefined {
    let result = 0;
    let factor = 1;
    let byte: number;
    let read = 0;
    do {
      if (++read > VAR_LONG_BYTES_EXACT) return undefined;
      byte = this.buffer[this.at++]!;
      result += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte >= 0x80);
    return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
  }

  bytes(): Buffer | null {
    const length = this.varInt();
    if (length === -1) return null;
    const from = this.at;
    this.at += length;
    return this.buffer.subarray(from, this.at);
  }
}
