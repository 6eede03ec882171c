import { dataGivenBy } from '#local-services';
import type { Environment } from '#runtime';
import { HubError } from './hub-error.js';

/**
 * New keys go with empty data, and what the environment gives cannot be emptied from here: its sealed data could then no longer be
 * opened.
 *
 * @throws HubError naming the variables that give data.
 */
export function refuseStartingOver(argument: string, environment: Environment): void {
  const variables = dataGivenBy(environment).join(' and ');
  if (variables === '') return;
  throw new HubError(
    `${argument} begins with empty data, and what ${variables} gives is not emptied from here: leave the argument out, or unset ${variables} (or set ELEVNAV_SERVICES=local) to have services of its own started.`,
  );
}
