import { Controller } from '@nestjs/common';
import { COMMANDS_TOPIC } from '#canonical';
import { BatchHandler, Stage, obeyRetries, type EventBatch } from '#stage';

/** Begins and stops retries of what this stage has parked. All other commands are normalise's and test-access's. */
@Controller()
export class CommandsHandler {
  constructor(private readonly stage: Stage) {}

  @BatchHandler({ stage: 'publish', groups: [[COMMANDS_TOPIC]] })
  handle({ events, unit }: EventBatch): Promise<void> {
    return obeyRetries(events, unit, this.stage);
  }
}
