import { Module, type DynamicModule } from '@nestjs/common';
import { adapterNamed, type Adapter } from '#adapters';
import {
  AuthenticationModule,
  ENVIRONMENT,
  PeriodicTasksModule,
  readConfig,
  type Environment,
} from '#runtime';
import { ReplayController, ReplayTable, StageModule } from '#stage';
import { ReplaySchedule } from './replay/replay.schedule.js';
import { REGISTER_REPLAY } from './replay/replay.store.js';
import { carriesFullState, leavesParked } from './facts/replace-parked.js';
import { CreateRegister1764000100001 } from './migrations/0001-create-register.js';
import { DocumentsAsJson1764000100002 } from './migrations/0002-documents-as-json.js';
import { Successions1764000100003 } from './migrations/0003-successions.js';
import { MergePersons1764000100004 } from './migrations/0004-merge-persons.js';
import { CommandsHandler } from './commands.handler.js';
import { QuestionsController } from './register/questions.controller.js';
import { SourceHeard1764000100005 } from './migrations/0005-source-heard.js';
import { HuvudmanOfEppn1764000100006 } from './migrations/0006-huvudman-of-eppn.js';
import { Retention1764000100007 } from './migrations/0007-retention.js';
import { Replay1764000100008 } from './migrations/0008-replay.js';
import { PresenceDays1764000100009 } from './migrations/0009-presence-days.js';
import { ApartFrom1764000100010 } from './migrations/0010-apart-from.js';
import { HolderOfDuty1764000100011 } from './migrations/0011-holder-of-duty.js';
import { OrganisationIds1764000100012 } from './migrations/0012-organisation-ids.js';
import { HeldStatus1764000100013 } from './migrations/0013-held-status.js';
import { OrganisationCounts1764000100014 } from './migrations/0014-organisation-counts.js';
import { NormaliseConfig } from './normalise.config.js';
import { RegisterController } from './register/register.controller.js';
import { RewrapKeysSchedule } from './register/rewrap-keys.schedule.js';
import { RetentionController } from './retention/retention.controller.js';
import { RetentionPolicies } from './retention/retention-policies.js';
import { RetentionSchedule } from './retention/retention.schedule.js';
import { HeardSources } from './silence/heard-sources.js';
import { SourceSilenceSchedule } from './silence/source-silence.schedule.js';
import { FIND_ADAPTER, SourceEventsHandler } from './source-events.handler.js';
import { SuccessionSchedule } from './succession/succession.schedule.js';

/**
 * In: `source.*`, one consumer group per kind of source, `admin.commands`, what is still to be spread of a succession, and whoever's
 * time is over. Out: `canonical.events`, `findings`, `trail`.
 */
@Module({
  imports: [
    StageModule.register({
      stage: 'normalise',
      migrations: [
        CreateRegister1764000100001,
        DocumentsAsJson1764000100002,
        Successions1764000100003,
        MergePersons1764000100004,
        SourceHeard1764000100005,
        HuvudmanOfEppn1764000100006,
        Retention1764000100007,
        Replay1764000100008,
        PresenceDays1764000100009,
        ApartFrom1764000100010,
        HolderOfDuty1764000100011,
        OrganisationIds1764000100012,
        HeldStatus1764000100013,
        OrganisationCounts1764000100014,
      ],
      inbox: true,
      replaces: carriesFullState,
      isOlder: leavesParked,
    }),
    AuthenticationModule.register(),
    PeriodicTasksModule,
  ],
  controllers: [
    SourceEventsHandler,
    CommandsHandler,
    RegisterController,
    QuestionsController,
    RetentionController,
    ReplayController,
  ],
  providers: [
    { provide: FIND_ADAPTER, useValue: adapterNamed },
    RewrapKeysSchedule,
    HeardSources,
    SourceSilenceSchedule,
    RetentionPolicies,
    RetentionSchedule,
    SuccessionSchedule,
    {
      provide: NormaliseConfig,
      inject: [ENVIRONMENT],
      useFactory: (environment: Environment) => readConfig(NormaliseConfig, environment),
    },
    { provide: ReplayTable, useValue: REGISTER_REPLAY },
    ReplaySchedule,
  ],
})
export class NormaliseModule {
  /** The stage with further adapters beside its own: for a proof, which needs one that breaks the contract of adapters. */
  static withAdapters(more: readonly Adapter[]): DynamicModule {
    const find = (name: string): Adapter | undefined =>
      adapterNamed(name) ?? more.find((adapter) => adapter.name === name);
    return { module: NormaliseModule, providers: [{ provide: FIND_ADAPTER, useValue: find }] };
  }
}
