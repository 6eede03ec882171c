import { parseArgs } from 'node:util';
import { benchPipeline } from './pipeline.js';

const BENCHES = ['pipeline'] as const;

/** `npm run bench -- [name] [--seed N] [--persons N] [--seconds N] [--profile FOLDER] [--json]`: figures, never a verdict. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      persons: { type: 'string', default: '20000' },
      seconds: { type: 'string', default: '120' },
      'latency-seconds': { type: 'string', default: '40' },
      'no-references': { type: 'boolean', default: false },
      profile: { type: 'string' },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    console.log(BENCHES.join('\n'));
    return;
  }
  const name = positionals[0] ?? 'pipeline';
  if (!BENCHES.some((known) => known === name)) {
    throw new Error(`There is no benchmark "${name}"; there are: ${BENCHES.join(', ')}.`);
  }
  const figures = await benchPipeline({
    seed: Number(values.seed),
    persons: Number(values.persons),
    seconds: Number(values.seconds),
    latencySeconds: Number(values['latency-seconds']),
    references: !values['no-references'],
    ...(values.profile && { profileFolder: values.profile }),
    say: (sentence) => console.error(sentence),
  });
  if (values.json) console.log(JSON.stringify(figures));
  else console.table(figures);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});
