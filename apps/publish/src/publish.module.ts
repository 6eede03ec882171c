import { Module } from '@nestjs/common';
import {
  AuthenticationModule,
  ENVIRONMENT,
  PeriodicTasksModule,
  readConfig,
  type Environment,
} from '#runtime';
import { StageHostModule, StageModule } from '#stage';
import { CommandsHandler } from './commands.handler.js';
import { FeedRetentionSchedule } from './feed/feed-retention.schedule.js';
import { FeedWatch } from './feed/feed-watch.js';
import { FeedController } from './feed/feed.controller.js';
import { FeedStore, moveToFeed } from './feed/feed.store.js';
import { HubEventsHandler } from './hub-events.handler.js';
import { FeedKeepsRecords1764000000302 } from './migrations/1764000000302-feed-keeps-records.js';
import { PublishTables1764000000301 } from './migrations/1764000000301-publish-tables.js';
import { PublishConfig } from './publish.config.js';
import { SubscriberRightsSchedule } from './subscriber-rights.schedule.js';
import { SubscriberTopics } from './subscriber-topics.js';

/**
 * Per huvudman: what it may know of what changed.
 *
 * In: `canonical.events`, `access.events`, `admin.commands`. Out: `huvudman.<id>.events`, and the feed with the same events in the same order.
 */
@Module({
  imports: [
    StageHostModule,
    AuthenticationModule.register(),
    StageModule.register({
      stage: 'publish',
      migrations: [PublishTables1764000000301, FeedKeepsRecords1764000000302],
      takeOut: moveToFeed,
    }),
    PeriodicTasksModule,
  ],
  controllers: [HubEventsHandler, CommandsHandler, FeedController],
  providers: [
    {
      provide: PublishConfig,
      inject: [ENVIRONMENT],
      useFactory: (environment: Environment) => readConfig(PublishConfig, environment),
    },
    SubscriberTopics,
    SubscriberRightsSchedule,
    FeedStore,
    FeedWatch,
    FeedRetentionSchedule,
  ],
})
export class PublishModule {}
