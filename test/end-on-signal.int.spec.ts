import { spawn } from 'node:child_process';
import { once } from 'node:events';

const BUILT = '../dist/test/end-on-signal.js';
/** A bench in small: what it stops it says, and its work fails in two ways once that is stopped. */
const BENCH = `
  const { endOnSignal, stopAfter } = await import(process.argv[1]);
  const shutdown = endOnSignal();
  const { promise: stopped, reject } = Promise.withResolvers();
  await stopAfter(shutdown, {
    name: 'stages',
    stop: async () => {
      reject(new Error('nobody answers'));
      void Promise.reject(new Error('the connection was reset'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      console.log('stopped');
    },
    work: async () => {
      setInterval(() => undefined, 1_000);
      console.log('running');
      if (process.argv[2] === 'fails') throw await new Promise((_, fail) => setTimeout(() => fail(new Error('it broke')), 50));
      await stopped;
    },
  });
`;

async function bench(does: 'runs' | 'fails', signal?: NodeJS.Signals) {
  const built = new URL(BUILT, import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', BENCH, built, does], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (signal !== undefined && text.includes('running')) child.kill(signal);
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, said: said.trim().split('\n') };
}

describe('a bench', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'that gets %s stops what it has started, once, and does not end with 0',
    async (signal) => {
      expect(await bench('runs', signal)).toEqual({ exitCode: 1, said: ['running', 'stopped'] });
    },
  );

  it('that fails stops what it has started too', async () => {
    expect(await bench('fails')).toEqual({ exitCode: 1, said: ['running', 'stopped'] });
  });
});
