import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from '#database';
import { EventProducer, KafkaConnection } from '#kafka';
import {
  CLOCK,
  ENVIRONMENT,
  HealthModule,
  HealthRegistry,
  Log,
  Metrics,
  Shutdown,
  readConfig,
  type Clock,
  type Environment,
} from '#runtime';
import { AuditController } from './audit/audit.controller.js';
import type { WhenServicesAnswer } from './await-services.js';
import { HuvudmanKeys } from './huvudman-keys.js';
import { LifeSigns } from './life-signs.js';
import { StageTables1764000000000 } from './migrations/1764000000000-stage-tables.js';
import { StageLife1764000000001 } from './migrations/1764000000001-stage-life.js';
import { Audit1764000000002 } from './migrations/1764000000002-audit.js';
import { ParkedSubject1764000000003 } from './migrations/1764000000003-parked-subject.js';
import { HaltedPosition1764000000004 } from './migrations/1764000000004-halted-position.js';
import { OutboxTombstones1764000000005 } from './migrations/1764000000005-outbox-tombstones.js';
import { AuditDetail1764000000006 } from './migrations/1764000000006-audit-detail.js';
import { Retry1764000000900 } from './migrations/1764000000900-retry.js';
import { ParkedController } from './retry/parked.controller.js';
import { RetryController } from './retry/retry.controller.js';
import { StageConfig } from './stage-host.config.js';
import { StageHostModule, WHEN_SERVICES_ANSWER } from './stage-host.module.js';
import { STAGE_OPTIONS, schemaNameOf, type StageOptions } from './stage-options.js';
import { StageReports } from './stage-reports.js';
import { Stage } from './stage.js';
import { TrailWriter } from './trail-writer.js';

const STOP_LIMIT_MS = 5_000;

/** Gives an app its `Stage`: schema and migrations, positions, outbox and relay, parking lot, audit. */
@Module({})
export class StageModule {
  /** `options`, or a function of what `inject` names: for `takeOut` and the like that need providers. */
  static register(options: StageOptions): DynamicModule {
    return StageModule.registerAsync({ inject: [], useFactory: () => options });
  }

  static registerAsync(from: {
    readonly inject: readonly (abstract new (...parameters: never[]) => unknown)[];
    readonly useFactory: (...parameters: never[]) => StageOptions;
  }): DynamicModule {
    return {
      module: StageModule,
      global: true,
      imports: [StageHostModule, HealthModule],
      controllers: [AuditController, ParkedController, RetryController],
      providers: [
        {
          provide: STAGE_OPTIONS,
          inject: [...from.inject],
          useFactory: from.useFactory as () => StageOptions,
        },
        {
          provide: StageConfig,
          inject: [ENVIRONMENT],
          useFactory: (environment: Environment) => readConfig(StageConfig, environment),
        },
        {
          provide: Stage,
          inject: [
            STAGE_OPTIONS,
            StageConfig,
            KafkaConnection,
            EventProducer,
            TrailWriter,
            HuvudmanKeys,
            LifeSigns,
            WHEN_SERVICES_ANSWER,
            CLOCK,
            Log,
            Metrics,
            Shutdown,
            HealthRegistry,
          ],
          useFactory: startStage,
        },
      ],
      exports: [Stage, StageConfig],
    };
  }
}

async function startStage(
  options: StageOptions,
  config: StageConfig,
  connection: KafkaConnection,
  producer: EventProducer,
  trail: TrailWriter,
  keys: HuvudmanKeys,
  signs: LifeSigns,
  whenAnswers: WhenServicesAnswer,
  clock: Clock,
  log: Log,
  metrics: Metrics,
  shutdown: Shutdown,
  health: HealthRegistry,
): Promise<Stage> {
  const reports = new StageReports(log, metrics, {
    bugsPerMinuteMax: config.bugsPerMinuteMax,
    onTooManyBugs: () =>
      fatal(
        log,
        'Too many faults of ours within a minute; the process stops so that nothing more is parked.',
      ),
  });
  const database = databaseOf(options, config);
  const stage = new Stage({
    options,
    database,
    connection,
    producer,
    trail,
    keys,
    clock,
    reports,
  });
  shutdown.add('stage', () => stage.stop(), { limitMs: STOP_LIMIT_MS });
  await whenAnswers('PostgreSQL', () => stage.start());
  signs.countParked(() => stage.parkedByCause());
  health.add('database', 'ready', async () => {
    await stage.read({ name: 'stage.alive', text: 'select 1' }, []);
    return stage.holdUps.room;
  });
  return stage;
}

function databaseOf(options: StageOptions, config: StageConfig): Database {
  return new Database({
    url: config.databaseUrl,
    schema: schemaNameOf(options.stage),
    applicationName: `elevnav-${options.stage}`,
    poolMax: config.poolMax,
    statementTimeoutMs: config.statementTimeoutMs,
    entities: options.entities ?? [],
    migrations: [
      StageTables1764000000000,
      StageLife1764000000001,
      Audit1764000000002,
      ParkedSubject1764000000003,
      HaltedPosition1764000000004,
      OutboxTombstones1764000000005,
      AuditDetail1764000000006,
      Retry1764000000900,
      ...options.migrations,
    ],
  });
}

/** Ends the process with a failure, so that its supervisor starts it clean. */
export function fatal(log: Log, says: string): void {
  log.error(says);
  process.exitCode = 1;
  setImmediate(() => process.exit(1));
}
