export { dataGivenBy } from './choose-way.js';
export { lockFolder } from './host/folder-lock.js';
export { registerIssuerClient } from './issuer/issuer-clients.js';
export { findJava } from './kafka/java.js';
export { kafkaJars } from './kafka/kafka-distribution.js';
export { LocalServiceError, type LocalServiceErrorCode } from './local-service-error.js';
export { hasData, startLocalServices, type LocalServicesOptions } from './local-services.js';
export type { Ports } from './local-services.config.js';
export type {
  IssuerClient,
  IssuerService,
  KafkaService,
  LocalServices,
  PostgresService,
  Progress,
  ServiceName,
  Way,
} from './services.js';
