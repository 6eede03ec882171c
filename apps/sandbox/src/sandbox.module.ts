import { Module } from '@nestjs/common';
import { CLOCK, ENVIRONMENT, HealthModule, Log, Shutdown, readConfig, type Clock, type Environment } from '#runtime'; // prettier-ignore
import { SandboxConfig } from './sandbox.config.js';
import { SandboxController } from './sandbox.controller.js';
import { Sandbox } from './sandbox.js';

/** In and out: HTTP, with the credentials of vendors, subscribers and an operator. It knows the hub's doors and nothing behind them. */
@Module({
  imports: [HealthModule],
  controllers: [SandboxController],
  providers: [
    {
      provide: Sandbox,
      inject: [ENVIRONMENT, CLOCK, Log, Shutdown],
      useFactory: (environment: Environment, clock: Clock, log: Log, shutdown: Shutdown) =>
        new Sandbox({ config: readConfig(SandboxConfig, environment), clock, log, shutdown }),
    },
  ],
})
export class SandboxModule {}

// What the hub's demo plays with: it composes apps by their modules only.
export { Sandbox, type Playbill } from './sandbox.js';
export { checkKeptFiles } from './play/kept-files.js';
export { FeedReader, SchoolSystems } from './play/school-systems.js';
export type { ToldEvent } from './door/hub-client.js';
export { playMoves, type MoveHistory, type MoveStep, type Moves } from './move/move-histories.js';
export type { Saying } from './systems/source-event.js';
