export {
  OPEN_PAGE_READER, type AuditActor, type AuditEntry, type AuditOutcome,
} from './audit/audit-entry.js'; // prettier-ignore
export { type AuditLog } from './audit/audit-log.js';
export { BatchHandler } from './batch-handler.decorator.js';
export {
  commandOf, commandsNamed, concludeCommand, refuseGiver, type GivenCommand,
} from './commands/given-command.js'; // prettier-ignore
export { classifyError, type ErrorKind } from './classify-error.js';
export { HuvudmanKeys, type MasterKey } from './huvudman-keys.js';
export { ParkingLot, type ParkedCount } from './parking-lot.js';
export { replayOnCommand } from './replay/replay-on-command.js';
export {
  REPLAY_CHUNK, ReplayTable, createReplayTable, type Replay, type ReplayedChunk,
} from './replay/replay-table.js'; // prettier-ignore
export { replayByTime } from './replay/replay-task.js';
export { ReplayController } from './replay/replay.controller.js';
export { obeyRetries, retriesOf, retryOnCommand } from './retry/retry-on-command.js';
export { Settings, type SettingListener } from './settings.js';
export { KafkaConfig, StageConfig } from './stage-host.config.js';
export { StageHostModule } from './stage-host.module.js';
export { schemaNameOf, type OutboxRow, type StageOptions } from './stage-options.js';
export { StageModule } from './stage.module.js';
export { Stage, causeOf, sourceOf } from './stage.js';
export { stageTransport } from './stage-transport.js';
export { TrailWriter } from './trail-writer.js';
export { isRetriedByTime } from './unit.js';
export {
  PARK_CODES, type EventBatch, type OutgoingEvent, type ParkCode, type ParkReason, type ReceivedEvent, type Statement, type UnitOfWork,
} from './unit-of-work.js'; // prettier-ignore
