export {
  DEFAULT_DATABASE_OPTIONS,
  type DatabaseOptions,
  type MigrationClass,
} from './database-options.js';
export {
  Database,
  errorCodeOf,
  isBusy,
  isConnectionLost,
  isLostRace,
  type NamedStatement,
  type Session,
} from './database.js';
export { dumpSchema } from './dump-schema.js';
