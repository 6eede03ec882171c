import type { PartitionerArgs } from 'kafkajs';

const SEED = 0x9747b28c;
const MIXER = 0x5bd1e995;
const ROTATION = 24;
const POSITIVE = 0x7fffffff;

/**
 * The partition of a key: that of Kafka's own clients (`DefaultPartitioner`, murmur2), and so of kafkajs, whose big integers take
 * many times as long. Every record of ours has a key.
 */
export function partitionOf({ partitionMetadata, message }: PartitionerArgs): number {
  if (message.partition !== undefined && message.partition !== null) return message.partition;
  if (message.key === null || message.key === undefined)
    throw new Error('A record without a key could land anywhere, and would have no order.');
  const key = Buffer.isBuffer(message.key) ? message.key : Buffer.from(message.key);
  return (murmur2(key) & POSITIVE) % partitionMetadata.length;
}

/** MurmurHash2 of 32 bits, as `org.apache.kafka.common.utils.Utils.murmur2` computes it. */
function murmur2(data: Buffer): number {
  const { length } = data;
  let hash = SEED ^ length;
  const whole = length - (length % 4);
  for (let i = 0; i < whole; i += 4) {
    const word = data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24);
    let mixed = Math.imul(word, MIXER);
    mixed ^= mixed >>> ROTATION;
    hash = Math.imul(hash, MIXER) ^ Math.imul(mixed, MIXER);
  }
  const left = length % 4;
  if (left >= 3) hash ^= data[whole + 2]! << 16;
  if (left >= 2) hash ^= data[whole + 1]! << 8;
  if (left >= 1) hash = Math.imul(hash ^ data[whole]!, MIXER);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, MIXER);
  return hash ^ (hash >>> 15);
}
