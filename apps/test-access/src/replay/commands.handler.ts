import { Controller } from '@nestjs/common';
import { COMMANDS_TOPIC, replayOf, type ReplayCommand } from '#canonical';
import {
  BatchHandler, commandOf, commandsNamed, replayOnCommand, type EventBatch, type GivenCommand, type ReceivedEvent,
} from '#stage'; // prettier-ignore
import { ACCESS_REPLAY } from './replay.store.js';

/** Begins and stops the replay of access. All other commands are normalise's, which also parks what is no command. */
@Controller()
export class CommandsHandler {
  @BatchHandler({ stage: 'test-access', groups: [[COMMANDS_TOPIC]] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const given: GivenCommand<ReplayCommand>[] = [];
    for (const event of events) {
      const replay = accessReplayOf(event);
      if (replay === undefined) unit.settle(event, 'filtered:irrelevant');
      else given.push(replay);
    }
    await replayOnCommand(given, unit, ACCESS_REPLAY);
  }
}

function accessReplayOf(event: ReceivedEvent): GivenCommand<ReplayCommand> | undefined {
  const given = commandOf(event);
  const [replay] = given ? commandsNamed([given], 'replay') : [];
  return replay && replayOf(replay.command) === 'access' ? replay : undefined;
}
