import { createRequire } from 'node:module';
import fc from 'fast-check';
import { crc32c } from '@node-rs/crc32';
import { decodeRecord, type BatchContext, type RecordSource } from './decode-record.js';
import { encodeRecord, type RecordFields } from './encode-record.js';
import { partitionOf } from './partition-of.js';

const require = createRequire(import.meta.url);
const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0';
const ownEncode = require(`${RECORD}/index.js`) as (fields: RecordFields) => { buffer: Buffer };
const ownDecode = require(`${RECORD}/decoder.js`) as (
  source: RecordSource,
  context: BatchContext,
) => unknown;
const Decoder = require('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => RecordSource & {
  readVarIntBytes(): Buffer;
};
const ownChecksum = require('kafkajs/src/protocol/recordBatch/crc32C/crc32C') as (
  bytes: Buffer,
) => number;
const ownPartitioner = (
  require('kafkajs') as typeof import('kafkajs')
).Partitioners.DefaultPartitioner();

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 900 }),
  fc.constantFrom('', 'å', '\u0000', '😀'.repeat(40)),
);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const nullable = fc.oneof(text, bytes, fc.constant(null));
const given = fc.oneof(text, bytes);
const headerName = fc.oneof(
  fc.constantFrom('ce_id', 'ce_source', 'ce_type', 'content-type'),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const headers = fc.dictionary(
  headerName,
  fc.oneof(given, fc.array(given, { minLength: 2, maxLength: 3 })),
  { maxKeys: 16 },
);
const record: fc.Arbitrary<RecordFields> = fc.record({
  offsetDelta: fc.nat(1_000_000),
  timestampDelta: fc.oneof(
    fc.integer({ min: -5, max: 100_000 }),
    fc.integer({ min: 2 ** 30, max: 2 ** 45 }),
    fc.integer({ min: -(2 ** 45), max: -(2 ** 30) }),
  ),
  key: nullable,
  value: nullable,
  headers,
});
const context: fc.Arbitrary<BatchContext> = fc.record({
  firstOffset: fc.oneof(
    fc.nat(2 ** 31 - 1).map(String),
    fc.constantFrom('999999999999999', '9007199254740993'),
  ),
  firstTimestamp: fc.constantFrom('0', '1764187200000', '9223372036854775807'),
  maxTimestamp: fc.constant('1764187300000'),
  magicByte: fc.constant(2),
  isControlBatch: fc.boolean(),
  timestampType: fc.constantFrom(0, 1),
});

function bodyOf(encoded: Buffer): RecordSource {
  return new Decoder(new Decoder(encoded).readVarIntBytes());
}

describe('the record codec', () => {
  it('writes the bytes that kafkajs writes', () => {
    fc.assert(
      fc.property(record, (fields) => {
        expect(encodeRecord(fields)).toEqual(ownEncode(fields).buffer);
      }),
      { numRuns: 500 },
    );
  });

  it('writes a null header as Kafka allows it, where kafkajs throws', () => {
    const body = bodyOf(encodeRecord({ key: 'a', value: '', headers: { ce_subject: null } }));
    expect(ownDecode(body, { firstOffset: '0', firstTimestamp: '0' })).toMatchObject({
      headers: { ce_subject: null },
    });
  });

  it('reads what kafkajs reads, or leaves it to kafkajs', () => {
    let left = 0;
    fc.assert(
      fc.property(record, context, (fields, batch) => {
        const encoded = ownEncode(fields).buffer;
        const body = bodyOf(encoded);
        const read = decodeRecord(body, batch);
        if (read === undefined) {
          left++;
          expect(body.offset).toBe(0);
        }
        expect(read ?? ownDecode(body, batch)).toEqual(ownDecode(bodyOf(encoded), batch));
      }),
      { numRuns: 500 },
    );
    expect(left).toBeLessThan(400);
  });

  it('leaves a header to kafkajs whose name means something to JavaScript', () => {
    const body = bodyOf(encodeRecord({ key: 'a', value: '', headers: Object.fromEntries([['__proto__', 'x']]) })); // prettier-ignore
    expect(decodeRecord(body, { firstOffset: '0', firstTimestamp: '0' })).toBeUndefined();
  });
});

describe('the checksum of a batch', () => {
  it('is the one that kafkajs reckons', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (array) => {
        const bytes = Buffer.from(array);
        expect(crc32c(bytes)).toBe(ownChecksum(bytes) >>> 0);
      }),
    );
  });
});

describe('the partition of a key', () => {
  const partitionMetadata = Array.from({ length: 7 }, (_, partitionId) => ({
    partitionId, leader: 1, partitionErrorCode: 0, replicas: [], isr: [],
  })); // prettier-ignore

  it('is the one that kafkajs and Kafka’s own clients choose', () => {
    fc.assert(
      fc.property(given, (key) => {
        const args = { topic: 't', partitionMetadata, message: { key, value: null } };
        expect(partitionOf(args)).toBe(ownPartitioner(args));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the one that is named, and never one by chance', () => {
    const message = { value: null };
    const args = { topic: 't', partitionMetadata, message };
    expect(partitionOf({ ...args, message: { ...message, key: 'a', partition: 5 } })).toBe(5);
    expect(() => partitionOf(args)).toThrow('without a key');
  });
});
