import { Module } from '@nestjs/common';
import { AuthenticationModule, ENVIRONMENT, PeriodicTasksModule } from '#runtime';
import { StageHostModule, StageModule } from '#stage';
import { DashboardRetentionSchedule } from './dashboard-retention.schedule.js';
import { CommandsController } from './commands/commands.controller.js';
import { CommandsHandler } from './commands/commands.handler.js';
import { DashboardConfig, readDashboardConfig } from './dashboard.config.js';
import { DashboardTables1764000000401 } from './migrations/1764000000401-dashboard-tables.js';
import { StageProcesses1764000000402 } from './migrations/1764000000402-stage-processes.js';
import { OverviewController } from './overview/overview.controller.js';
import { StageWatch } from './overview/watch-stages.js';
import { SettingsController } from './settings/settings.controller.js';
import { FindingStore } from './trail/finding.store.js';
import { TrailHandler } from './trail/trail.handler.js';
import { ProcessStore } from './trail/process.store.js';
import { TrailStore } from './trail/trail.store.js';

/**
 * The administrator's door and page; the owner of settings.
 *
 * In: `trail`, `findings`, `admin.commands`. Out: `admin.settings`, `admin.commands`.
 */
@Module({
  imports: [
    StageHostModule,
    AuthenticationModule.register(),
    StageModule.register({
      stage: 'dashboard',
      migrations: [DashboardTables1764000000401, StageProcesses1764000000402],
      // What one batch was like has nothing to do with the next: one that cannot be read keeps no lane's trail from the page.
      waits: ({ topic }) => topic !== 'trail',
    }),
    PeriodicTasksModule,
  ],
  controllers: [
    TrailHandler,
    CommandsHandler,
    SettingsController,
    CommandsController,
    OverviewController,
  ],
  providers: [
    { provide: DashboardConfig, inject: [ENVIRONMENT], useFactory: readDashboardConfig },
    ProcessStore,
    TrailStore,
    FindingStore,
    StageWatch,
    DashboardRetentionSchedule,
  ],
})
export class DashboardModule {}
