import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import {
  AuthenticationModule,
  ENVIRONMENT,
  PeriodicTasksModule,
  readConfig,
  type Environment,
} from '#runtime';
import { ReplayController, ReplayTable, StageHostModule, StageModule, type ReceivedEvent } from '#stage'; // prettier-ignore
import { AccessKnowledge } from './access-knowledge.js';
import { AccessRules } from './access-rules.js';
import { AccessController } from './access.controller.js';
import { PersonAccess } from './access.entity.js';
import { AccessStore } from './access.store.js';
import { CanonicalEventsHandler } from './canonical-events.handler.js';
import { CourseStore } from './course.store.js';
import { DueAccessSchedule } from './due-access.schedule.js';
import { FindingsHandler } from './findings.handler.js';
import { KnowledgeStore } from './knowledge.store.js';
import { PersonAccess1764000000201 } from './migrations/1764000000201-person-access.js';
import { EntryEppn1764000000202 } from './migrations/1764000000202-entry-eppn.js';
import { StaleKnowledge1764000000203 } from './migrations/1764000000203-stale-knowledge.js';
import { Courses1764000000204 } from './migrations/1764000000204-courses.js';
import { Replay1764000000205 } from './migrations/1764000000205-replay.js';
import { QuestionController } from './question/question.controller.js';
import { QuestionLimits } from './question/question-limits.js';
import { QuestionStore } from './question/question.store.js';
import { limitQuestions } from './question/read-question.js';
import { CommandsHandler } from './replay/commands.handler.js';
import { ReplaySchedule } from './replay/replay.schedule.js';
import { ACCESS_REPLAY } from './replay/replay.store.js';
import { TestAccessConfig } from './test-access.config.js';

/**
 * Who may reach which test, and where.
 *
 * In: `canonical.events`, `findings`, `admin.commands`, and time. Out: `access.events`, `findings`, and answers to the log-in side.
 */
@Module({
  imports: [
    StageHostModule,
    AuthenticationModule.register(),
    StageModule.register({
      stage: 'test-access',
      migrations: [
        PersonAccess1764000000201,
        EntryEppn1764000000202,
        StaleKnowledge1764000000203,
        Courses1764000000204,
        Replay1764000000205,
      ],
      entities: [PersonAccess],
      replaces: isCanonical,
      waits: isCanonical,
    }),
    PeriodicTasksModule,
  ],
  controllers: [
    CanonicalEventsHandler,
    FindingsHandler,
    CommandsHandler,
    AccessController,
    QuestionController,
    ReplayController,
  ],
  providers: [
    {
      provide: TestAccessConfig,
      inject: [ENVIRONMENT],
      useFactory: (environment: Environment) => readConfig(TestAccessConfig, environment),
    },
    AccessRules,
    AccessKnowledge,
    KnowledgeStore,
    CourseStore,
    AccessStore,
    DueAccessSchedule,
    QuestionLimits,
    QuestionStore,
    { provide: ReplayTable, useValue: ACCESS_REPLAY },
    ReplaySchedule,
  ],
})
export class TestAccessModule {
  /** Routes are registered before Nest calls any hook of a module. */
  constructor(http: HttpAdapterHost) {
    limitQuestions(http.httpAdapter.getInstance<FastifyInstance>());
  }
}

/** Findings about a person bear the person's key too, and have nothing to do with the person's events. */
function isCanonical({ topic }: ReceivedEvent): boolean {
  return topic === 'canonical.events';
}
