import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { BearerGuard } from '../authentication/bearer.guard.js';
import { CLOCK, type Clock } from '../clock/clock.js';
import type { Environment } from '../config/environment.config.js';
import { HealthModule } from '../health/health.module.js';
import { Log } from '../log/log.js';
import { MetricsController } from '../metrics/metrics.controller.js';
import { Metrics } from '../metrics/metrics.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { ENVIRONMENT } from './environment-token.js';

export interface RuntimeParts {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
}

/** What `bootStage` lays around every stage: injectable everywhere in it, and every route guarded. */
@Module({})
export class RuntimeModule {
  static register(parts: RuntimeParts): DynamicModule {
    return {
      module: RuntimeModule,
      global: true,
      imports: [HealthModule],
      controllers: [MetricsController],
      providers: [
        { provide: CLOCK, useValue: parts.clock },
        { provide: ENVIRONMENT, useValue: parts.environment },
        { provide: Log, useValue: parts.log },
        { provide: Metrics, useValue: parts.metrics },
        { provide: Shutdown, useValue: parts.shutdown },
        { provide: APP_GUARD, useClass: BearerGuard },
      ],
      exports: [CLOCK, ENVIRONMENT, Log, Metrics, Shutdown],
    };
  }
}
