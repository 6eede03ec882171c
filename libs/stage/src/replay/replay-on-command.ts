import type { ReplayCommand } from '#canonical';
import { concludeCommand, refuseGiver, type GivenCommand } from '../commands/given-command.js';
import { causeOf } from '../stage.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { ReplayTable } from './replay-table.js';

/** Begins or stops the stage's replay, command by command. */
export async function replayOnCommand(
  given: readonly GivenCommand<ReplayCommand>[],
  unit: UnitOfWork,
  table: Pick<ReplayTable, 'begin' | 'stop'>,
): Promise<void> {
  for (const one of given) {
    const refused = refuseGiver(one);
    if (refused !== undefined) {
      concludeCommand(one, unit, { refused });
      continue;
    }
    if (one.command.action === 'begin') table.begin(unit, causeOf(one.event));
    else if (!(await table.stop(unit))) {
      concludeCommand(one, unit, { refused: 'no replay is under way' });
      continue;
    }
    concludeCommand(one, unit);
  }
}
