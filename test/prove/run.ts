import { fileURLToPath } from 'node:url';
import { endOnSignal } from '../end-on-signal.js';
import { readOptions, refuseUsage, wholeNumber } from '../read-options.js';
import { faults } from './faults.js';
import { histories } from './histories.js';
import { mutants } from './mutants.js';
import type { Proof } from './proof.js';

/** Every proof; a new one is a new file and one line here. */
const PROOFS: readonly Proof[] = [faults, histories, mutants];

const USAGE =
  'npm run prove -- <name> [--seed S] [--count N] [--persons N] [--real N] [--json], or --list' +
  ' (--real: how many of the histories are told on real PostgreSQL and Kafka too; 500 from a count of 10,000, else 0)';

const { values, positionals } = readOptions(
  {
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      count: { type: 'string' },
      persons: { type: 'string' },
      real: { type: 'string' },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
    },
  },
  USAGE,
);

if (values.list) for (const { name, says } of PROOFS) console.log(`${name}: ${says}`);
// Everything was closed and the answer is printed; a client of Kafka's that still waits for a killed broker must not hold the process.
else process.exit(await prove(positionals[0]));

async function prove(name: string | undefined): Promise<number> {
  const proof = PROOFS.find((one) => one.name === name);
  if (!proof) {
    return refuseUsage(`Name one of ${PROOFS.map((one) => one.name).join(', ')}`, USAGE);
  }
  const shutdown = endOnSignal();
  const proving = proof.run({
    seed: wholeNumber('seed', values.seed, { usage: USAGE }) ?? Date.now() % 1_000_000,
    count: wholeNumber('count', values.count, { usage: USAGE }),
    persons: wholeNumber('persons', values.persons, { usage: USAGE }),
    real: wholeNumber('real', values.real, { usage: USAGE }),
    // dist/test/prove/run.js
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    say: (text) => console.error(text),
    shutdown,
  });
  const outcome = await proving.catch((error: unknown) => {
    if (!shutdown.isClosing) throw error;
  });
  // What a signal stopped has proven nothing, and failed because of it.
  if (shutdown.isClosing || outcome === undefined) {
    await shutdown.begin('the proof is over');
    return 1;
  }
  const { isRight, result } = outcome;
  console.log(values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2));
  return isRight ? 0 : 1;
}
