// First, so that kafkajs finds the faster codec when it is loaded.
import './faster-records.js';
import './patient-sync.js';
import './quiet-queues.js';
import kafkajs from 'kafkajs';

export { Kafka, logLevel } from 'kafkajs';

// Names that Node does not find among the exports of kafkajs, which is CommonJS; Jest finds them.
export const {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  KafkaJSError,
  KafkaJSGroupCoordinatorNotFound,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSTimeout,
  ResourcePatternTypes,
} = kafkajs;
