export { AuthenticationModule } from './authentication/authentication.module.js';
export { BearerGuard } from './authentication/bearer.guard.js';
export { CurrentPrincipal, CurrentPrincipalIfAny } from './authentication/current-principal.js';
export {
  IssuerConfig,
  TOKEN_ALGORITHMS,
  type TokenAlgorithm,
} from './authentication/issuer.config.js';
export { type Principal } from './authentication/principal.js';
export { Public, Scopes } from './authentication/route-access.js';
export { WholeNumber } from './http/whole-number.js';
export { isScope, SCOPES, type Scope } from './authentication/scopes.js';
export { TokenVerifier } from './authentication/token-verifier.js';
export {
  bootStage,
  type BootedStage,
  type BootOptions,
  type RootModule,
} from './boot/boot-stage.js';
export { ENVIRONMENT } from './boot/environment-token.js';
export { CLOCK, SystemClock, type Clock } from './clock/clock.js';
export { SteppableClock, type StepListener } from './clock/steppable-clock.js';
export { ConfigError, type ConfigFault } from './config/config-error.js';
export { describeConfig, type ConfigDescription } from './config/describe-config.js';
export { processEnvironment, type Environment } from './config/environment.config.js';
export { readConfig, readConfigs } from './config/read-config.js';
export {
  Setting,
  settingsOf,
  type SettingDescription,
  type SettingKind,
  type SettingOptions,
} from './config/setting.js';
export { HealthModule } from './health/health.module.js';
export {
  HealthRegistry,
  type HealthCheck,
  type HealthKind,
  type HealthReport,
  type HealthResult,
  type HealthState,
} from './health/health-registry.js';
export { ClientBuckets, type BucketOptions } from './http/client-buckets.js';
export { HttpConfig } from './http/http.config.js';
export { LOG_LEVELS, LogConfig, type LogLevel } from './log/log.config.js';
export { Log, type LogLine, type LogOptions } from './log/log.js';
export { type LogFields, type LogValue } from './log/log-value.js';
export { NestLog } from './log/nest-log.js';
export { inChunks } from './schedule/in-chunks.js';
export { PeriodicTask, type PeriodicTaskOptions } from './schedule/periodic-task.js';
export { PeriodicTasks, PeriodicTasksModule } from './schedule/periodic-tasks.js';
export {
  Metrics,
  type CounterHandle,
  type GaugeHandle,
  type HistogramHandle,
} from './metrics/metrics.js';
export { ProblemFilter } from './problem/problem.filter.js';
export {
  defineProblems,
  listProblemKinds,
  type ProblemKind,
  type ProblemTable,
  type ProblemWording,
} from './problem/problem-kind.js';
export {
  Problem,
  PROBLEM_MEDIA_TYPE,
  type ProblemMember,
  type ProblemOptions,
} from './problem/problem.js';
export { PROBLEMS, type ProblemCode } from './problem/problems.js';
export { strictValidationPipe, validationProblem } from './problem/validation-pipe.js';
export { exitOnCrash } from './shutdown/exit-on-crash.js';
export {
  Shutdown,
  type ShutdownHook,
  type ShutdownOptions,
  type ShutdownReport,
} from './shutdown/shutdown.js';
