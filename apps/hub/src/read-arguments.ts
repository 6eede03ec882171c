import { parseArgs } from 'node:util';
import { HubError } from './hub-error.js';

export interface HubArguments {
  readonly fresh: boolean;
  readonly processes: boolean;
  readonly demo?: 'move';
  readonly exit: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

export const USAGE = `npm start [-- <arguments>]

  --fresh      start over: delete the data first
  --processes  each stage as a process of its own, restarted when it dies
  --demo move  tell how pupils move and keep their test, on fresh data of its own
  --exit       end when the demo is told
  --json       end the demo with one line of JSON
  --help       this

Settings are environment variables; apps/hub/README.md lists them.`;

/** @throws HubError for what is not understood. */
export function readArguments(given: readonly string[]): HubArguments {
  const values = parse(given);
  const { fresh = false, processes = false, demo, exit = false, json = false } = values;
  if (demo !== undefined && demo !== 'move') {
    throw new HubError(`There is no demo "${demo}": the demo is called move.\n\n${USAGE}`);
  }
  if (demo === undefined && (exit || json)) {
    throw new HubError(`--exit and --json go with --demo move.\n\n${USAGE}`);
  }
  if (demo !== undefined && processes) {
    const why = 'the demo steps one clock for all stages';
    throw new HubError(`Leave out --processes: ${why}, so it runs in one process.\n\n${USAGE}`);
  }
  return { fresh, processes, demo, exit, json, help: values.help ?? false };
}

function parse(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      strict: true,
      options: {
        fresh: { type: 'boolean' },
        processes: { type: 'boolean' },
        demo: { type: 'string' },
        exit: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ');
    throw new HubError(`${sentence.replace(/\.$/, '')}.\n\n${USAGE}`, { cause: error });
  }
}
