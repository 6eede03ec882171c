import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AuthenticationModule, ENVIRONMENT, readConfig, type Environment } from '#runtime';
import { StageHostModule, StageModule } from '#stage';
import { AccessRules } from './access-rules.js';
import { AccessController } from './access.controller.js';
import { PersonAccess } from './access.entity.js';
import { AccessStore } from './access.store.js';
import { CanonicalEventsHandler } from './canonical-events.handler.js';
import { DueAccessSchedule } from './due-access.schedule.js';
import { PersonAccess1764000000201 } from './migrations/1764000000201-person-access.js';
import { TestAccessConfig } from './test-access.config.js';

/**
 * Who may reach which test, and where.
 *
 * In: `canonical.events`, and time. Out: `access.events`, `findings`.
 */
@Module({
  imports: [
    StageHostModule,
    AuthenticationModule.register(),
    StageModule.register({
      stage: 'test-access',
      migrations: [PersonAccess1764000000201],
      entities: [PersonAccess],
      replaces: () => true,
    }),
    ScheduleModule.forRoot(),
  ],
  controllers: [CanonicalEventsHandler, AccessController],
  providers: [
    {
      provide: TestAccessConfig,
      inject: [ENVIRONMENT],
      useFactory: (environment: Environment) => readConfig(TestAccessConfig, environment),
    },
    AccessRules,
    AccessStore,
    DueAccessSchedule,
  ],
})
export class TestAccessModule {}
