export { DEFAULT_KAFKA_OPTIONS, type KafkaOptions } from './kafka-options.js';
export { KafkaBusy, isKafkaAway } from './kafka-busy.js';
export { KafkaConnection, type LaneLag } from './kafka-connection.js';
export { ReadingRights, type ChangedRights, type ReadingRight } from './reading-rights.js';
export { EventProducer, type OutgoingRecord } from './event-producer.js';
export { BatchConsumer, type ConsumerState } from './batch-consumer.js';
export { CompactedTopic } from './compacted-topic.js';
export {
  KAFKA_BATCHES,
  KafkaBatchServer,
  groupIdOf,
  type BatchPattern,
  type CallHandler,
} from './kafka-batch-server.js';
export type { Lane, LaneRunner, LaneVerdict, RawBatch, RawRecord } from './lane-runner.js';
