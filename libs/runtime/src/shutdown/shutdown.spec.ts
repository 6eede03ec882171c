import { Log } from '../log/log.js';
import { exitOnCrash } from './exit-on-crash.js';
import { Shutdown, type ShutdownOptions } from './shutdown.js';

function made(options: Omit<ShutdownOptions, 'log'> = {}): { shutdown: Shutdown; lines: string[] } {
  const lines: string[] = [];
  const log = Log.create({ stage: 'x', destination: { write: (line) => void lines.push(line) } });
  return { shutdown: new Shutdown({ log, ...options }), lines };
}

/** What the process would do at a signal, without sending one to the test runner. */
function receive(signal: NodeJS.Signals): void {
  const listener = process.listeners(signal).at(-1);
  listener?.(signal);
}

const forever = async (): Promise<void> => new Promise(() => undefined);

describe('a shutdown', () => {
  it('closes the last opened first, one after another', async () => {
    const { shutdown, lines } = made();
    const order: string[] = [];
    const closing = (name: string) => async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      order.push(name);
    };
    shutdown.add('store', closing('store'));
    shutdown.add('producer', closing('producer'));
    const remove = shutdown.add('mistake', closing('mistake'));
    shutdown.add('consumers', closing('consumers'));
    remove();
    expect(await shutdown.begin('SIGTERM')).toEqual({ isClean: true, hung: [], failed: [] });
    expect(order).toEqual(['consumers', 'producer', 'store']);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ outcome: 'stopped', reason: 'SIGTERM' });
  });

  it('goes on past what hangs or fails, and names it', async () => {
    const { shutdown, lines } = made();
    let isStoreClosed = false;
    shutdown.add('store', () => {
      isStoreClosed = true;
    });
    shutdown.add('producer', forever, { limitMs: 5 });
    shutdown.add('consumers', () => {
      throw new Error('not connected');
    });
    expect(await shutdown.begin('stop')).toEqual({
      isClean: false,
      hung: ['producer'],
      failed: ['consumers'],
    });
    expect(isStoreClosed).toBe(true);
    expect(lines.at(-1)).toMatch(/"hung":\["producer"\],"failed":\["consumers"\]/);
  });

  it('ends in its whole time, whatever its hooks ask for', async () => {
    const { shutdown } = made({ limitMs: 10 });
    shutdown.add('store', () => undefined);
    shutdown.add('producer', forever, { limitMs: 60_000 });
    const startedAt = performance.now();
    expect((await shutdown.begin('stop')).hung).toEqual(['producer', 'store']);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('happens once, wakes who waits, and lets nothing new be opened', async () => {
    const { shutdown } = made();
    let closed = 0;
    shutdown.add('store', () => void (closed += 1));
    const first = shutdown.begin('stop');
    expect(shutdown.isClosing).toBe(true);
    expect(shutdown.signal.aborted).toBe(true);
    expect(await shutdown.begin('again')).toBe(await first);
    expect(closed).toBe(1);
    expect(() => shutdown.add('late', () => undefined)).toThrow('while the process is stopping');
  });

  it('ends the process with 0 when clean and 1 when not', async () => {
    for (const [hook, code] of [
      [() => undefined, 0],
      [forever, 1],
    ] as const) {
      const exited = Promise.withResolvers<number>();
      const { shutdown } = made({ limitMs: 20, exit: exited.resolve });
      shutdown.add('store', hook);
      const end = shutdown.listen();
      receive('SIGTERM');
      expect(await exited.promise).toBe(code);
      end();
    }
  });

  it('listens to the signals that are named, such as that of a terminal that closes', async () => {
    const exited = Promise.withResolvers<number>();
    const { shutdown } = made({ exit: exited.resolve });
    const end = shutdown.listen(['SIGHUP']);
    receive('SIGHUP');
    expect(await exited.promise).toBe(0);
    end();
  });

  it('takes a doubled Ctrl-C for one, and a later one for a wish to end at once', async () => {
    const codes: number[] = [];
    const { shutdown } = made({ limitMs: 1_200, exit: (code) => codes.push(code) });
    shutdown.add('store', forever);
    const end = shutdown.listen();
    receive('SIGINT');
    receive('SIGINT');
    expect(codes).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    receive('SIGINT');
    expect(codes).toEqual([1]);
    await shutdown.begin('the end of the spec');
    end();
  });
});

describe('an error that nobody handled', () => {
  it('leaves one line and ends the process', () => {
    const lines: string[] = [];
    const codes: number[] = [];
    const log = Log.create({ stage: 'x', destination: { write: (line) => void lines.push(line) } });
    const before = process.listenerCount('uncaughtException');
    const end = exitOnCrash(log, (code) => codes.push(code));
    const error = new Error('no such column');
    process.listeners('uncaughtException').at(-1)?.(error, 'uncaughtException');
    expect(codes).toEqual([1]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'fatal',
      errorMessage: 'no such column',
      origin: 'uncaughtException',
    });
    end();
    expect(process.listenerCount('uncaughtException')).toBe(before);
  });
});
