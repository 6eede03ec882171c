import { crc32c } from '@node-rs/crc32';
import { decodeRecord, type BatchContext, type RecordSource } from './decode-record.js';
import { encodeRecord, type RecordFields } from './encode-record.js';
import { isKnownRelease, requireKafkajs as require } from './kafkajs-release.js';

const RECORD = 'kafkajs/src/protocol/recordBatch/record/v0';
const CHECKSUM = 'kafkajs/src/protocol/recordBatch/crc32C';

type Decode = (source: RecordSource, context?: BatchContext) => unknown;

/**
 * Puts our record codec and a native checksum in the place of kafkajs's, which took much of every stage's time (docs/decisions/0009). It must run before
 * kafkajs is loaded, since kafkajs's own modules hold on to what they find; when it comes too late, kafkajs works as it is, slower.
 */
function replaceRecordCodec(): void {
  if (!isKnownRelease()) return;
  replace(`${RECORD}/index.js`, () => (fields: RecordFields) => {
    const bytes = encodeRecord(fields);
    return { buf: bytes, buffer: bytes }; // all that kafkajs asks of its own encoder
  });
  replace(`${RECORD}/decoder.js`, (own): Decode => {
    const ownDecode = own as Decode;
    return (source, context) => decodeRecord(source, context) ?? ownDecode(source, context);
  });
  replace(`${CHECKSUM}/index.js`, () => (bytes: Buffer) => crc32c(bytes));
}

function replace(name: string, make: (own: unknown) => unknown): void {
  const path = require.resolve(name);
  const own: unknown = require(path);
  const loaded = require.cache[path];
  if (loaded) loaded.exports = make(own);
}

replaceRecordCodec();
