import type { RetryCommand } from '#canonical';
import { commandOf, commandsNamed, concludeCommand, refuseGiver, type GivenCommand } from '../commands/given-command.js'; // prettier-ignore
import { causeOf } from '../stage.js';
import type { ReceivedEvent, UnitOfWork } from '../unit-of-work.js';
import type { Retries } from './retries.js';

/** What it needs of its stage. */
interface RetryingStage {
  readonly name: string;
  readonly retries: Retries;
}

/** The retries that are asked of this stage, in the order in which they were asked for. */
export function retriesOf(
  given: readonly GivenCommand[],
  { name }: Pick<RetryingStage, 'name'>,
): GivenCommand<RetryCommand>[] {
  return commandsNamed(given, 'retry').filter(({ command }) => command.stage === name);
}

/** Begins or stops the stage's retry, command by command. */
export async function retryOnCommand(
  given: readonly GivenCommand<RetryCommand>[],
  unit: UnitOfWork,
  { retries }: Pick<RetryingStage, 'retries'>,
): Promise<void> {
  for (const one of given) {
    const refused =
      refuseGiver(one) ??
      (one.command.action === 'begin'
        ? await begin(one.command, { unit, retries, cause: causeOf(one.event) })
        : (await retries.stop(unit))
          ? undefined
          : 'no retry is under way');
    concludeCommand(one, unit, refused === undefined ? undefined : { refused });
  }
}

/** For a stage that obeys no other command. What is no command normalise parks. */
export async function obeyRetries(
  events: readonly ReceivedEvent[],
  unit: UnitOfWork,
  stage: RetryingStage,
): Promise<void> {
  const given = retriesOf(
    events.flatMap((event) => commandOf(event) ?? []),
    stage,
  );
  const mine = new Set(given.map(({ event }) => event));
  for (const event of events) if (!mine.has(event)) unit.settle(event, 'filtered:irrelevant');
  await retryOnCommand(given, unit, stage);
}

/** @returns why it cannot begin. */
async function begin(
  command: Extract<RetryCommand, { action: 'begin' }>,
  { unit, retries, cause }: { unit: UnitOfWork; retries: Retries; cause: string },
): Promise<string | undefined> {
  if (await retries.isUnderWay(unit)) return 'another retry is under way; stop it, or wait';
  if ('causeGroup' in command) {
    const target = { causeGroup: command.causeGroup, event: null };
    const hasBegun = await retries.begin(unit, target, cause);
    return hasBegun ? undefined : 'nothing is parked by this cause group';
  }
  const event = await retries.eventOf(unit, command.event);
  if (event === undefined) return 'no such event is parked, or no longer';
  if (event.behind !== null) return `it waits behind event ${event.behind}; try that one`;
  const hasBegun = await retries.begin(unit, { causeGroup: event.causeGroup, event: command.event }, cause); // prettier-ignore
  return hasBegun ? undefined : 'it is tried by itself';
}
