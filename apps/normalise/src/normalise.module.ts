import { Module } from '@nestjs/common';
import { ADAPTERS } from '#adapters';
import { AuthenticationModule } from '#runtime';
import { StageModule, type ReceivedEvent } from '#stage';
import { CreateRegister1764000100001 } from './migrations/0001-create-register.js';
import { RegisterController } from './register/register.controller.js';
import { SourceEventsHandler } from './source-events.handler.js';

/** In: `source.*`, one consumer group per kind of source. Out: `canonical.events`, `findings`, `trail`. */
@Module({
  imports: [
    StageModule.register({
      stage: 'normalise',
      migrations: [CreateRegister1764000100001],
      inbox: true,
      replaces: carriesFullState,
    }),
    AuthenticationModule.register(),
  ],
  controllers: [SourceEventsHandler, RegisterController],
})
export class NormaliseModule {}

function carriesFullState({ envelope }: ReceivedEvent): boolean {
  return ADAPTERS.some(
    ({ types, carriesFullState: whole }) => types.includes(envelope.type) && whole(envelope.type),
  );
}
