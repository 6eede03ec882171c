import { parseArgs } from 'node:util';
import { LocalServiceError } from '#local-services';
import { benchAccess } from './access.js';
import { benchPipeline } from './pipeline.js';

const USAGE =
  'npm run bench -- [name] [--seed N] [--persons N] [--seconds N] [--latency-seconds N] [--no-references] [--profile FOLDER] [--json]';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    persons: { type: 'string' },
    seconds: { type: 'string' },
    'latency-seconds': { type: 'string', default: '40' },
    'no-references': { type: 'boolean', default: false },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

type Figures = Promise<Record<string, unknown>>;

const say = (sentence: string): void => console.error(sentence);

/** Every benchmark, by its name; the first is the default. Figures, never a verdict. */
const BENCHES: Readonly<Record<string, () => Figures>> = {
  pipeline: () =>
    benchPipeline({
      seed: Number(values.seed),
      persons: Number(values.persons ?? 20_000),
      seconds: Number(values.seconds ?? 120),
      latencySeconds: Number(values['latency-seconds']),
      references: !values['no-references'],
      ...(values.profile && { profileFolder: values.profile }),
      say,
    }),
  access: () =>
    benchAccess({
      seed: Number(values.seed),
      persons: Number(values.persons ?? 100_000),
      seconds: Number(values.seconds ?? 60),
      say,
    }),
};

async function main(): Promise<void> {
  const names = Object.keys(BENCHES);
  if (values.list) {
    console.log(names.join('\n'));
    return;
  }
  const name = positionals[0] ?? names[0]!;
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    throw new Error(`There is no benchmark "${name}"; there are: ${names.join(', ')}. ${USAGE}`);
  }
  const figures = await bench();
  if (values.json) console.log(JSON.stringify(figures));
  else console.table(figures);
}

await main().catch((error: unknown) => {
  // What is missing is one sentence; what should not happen is told with its place.
  if (error instanceof LocalServiceError) console.error(error.message);
  else console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});
