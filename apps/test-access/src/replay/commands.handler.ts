import { Controller } from '@nestjs/common';
import { COMMANDS_TOPIC, replayOf } from '#canonical';
import {
  BatchHandler, Stage, commandOf, commandsNamed, replayOnCommand, retriesOf, retryOnCommand, type EventBatch,
} from '#stage'; // prettier-ignore
import { ACCESS_REPLAY } from './replay.store.js';

/** Begins and stops the replay of access and retries of what is parked here. What is no command normalise parks. */
@Controller()
export class CommandsHandler {
  constructor(private readonly stage: Stage) {}

  @BatchHandler({ stage: 'test-access', groups: [[COMMANDS_TOPIC]] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const given = events.flatMap((event) => commandOf(event) ?? []);
    const replays = commandsNamed(given, 'replay').filter(({ command }) => replayOf(command) === 'access'); // prettier-ignore
    const retries = retriesOf(given, this.stage);
    const mine = new Set([...replays, ...retries].map(({ event }) => event));
    for (const event of events) if (!mine.has(event)) unit.settle(event, 'filtered:irrelevant');
    await replayOnCommand(replays, unit, ACCESS_REPLAY);
    await retryOnCommand(retries, unit, this.stage);
  }
}
