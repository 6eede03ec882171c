import { SCHEMAS, commandTarget, isOperatorsAlone, type Command, type CommandData } from '#canonical'; // prettier-ignore
import type { ReceivedEvent, UnitOfWork } from '../unit-of-work.js';

/** A command as `admin.commands` brought it, and who gave it. */
export interface GivenCommand<OneCommand extends Command = Command> {
  readonly event: ReceivedEvent;
  readonly command: OneCommand;
  readonly by: CommandData['by'];
}

/** The command of an event; undefined when the event breaks its contract. */
export function commandOf(event: ReceivedEvent): GivenCommand | undefined {
  return SCHEMAS.command.check(event.data) ? { event, ...(event.data as CommandData) } : undefined;
}

/** Those of one name, in the order in which they were given. */
export function commandsNamed<Name extends Command['name']>(
  given: readonly GivenCommand[],
  name: Name,
): GivenCommand<Extract<Command, { name: Name }>>[] {
  type Wanted = GivenCommand<Extract<Command, { name: Name }>>;
  return given.filter((one): one is Wanted => one.command.name === name);
}

/**
 * Why the command is not its giver's to give. Whoever acts for no huvudman is the hub's operator and may give all. The dashboard's door
 * asks too; the stage that applies it decides.
 *
 * @param owner the huvudman of the source that it is about, by the settings.
 */
export function refuseGiver(
  { command, by }: Pick<GivenCommand, 'command' | 'by'>,
  owner?: string | null,
): string | undefined {
  if (by.huvudman === undefined) return undefined;
  if (isOperatorsAlone(command)) return 'it is the hub operator’s alone';
  return owner === by.huvudman ? undefined : 'it is about no source of the giver’s huvudman';
}

/** A command that cannot be applied is no fault: what it was about has changed meanwhile. The audit says so. */
export function concludeCommand(
  { event, command, by }: GivenCommand,
  unit: UnitOfWork,
  but?: { readonly refused: string },
): void {
  const outcome = but === undefined ? 'done' : 'refused';
  unit.audit({ actor: by, action: 'command.applied', about: commandTarget(command), outcome });
  if (but === undefined) unit.settle(event, 'passed', command.name);
  else unit.settle(event, 'filtered:irrelevant', `${command.name}: ${but.refused}`);
}
