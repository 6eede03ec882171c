import { ConfigError } from '../config/config-error.js';
import { Log } from './log.js';
import type { LogLevel } from './log.config.js';
import type { LogFields } from './log-value.js';
import { NestLog } from './nest-log.js';

/** Skatteverket's test number of an invented person. */
const PERSONNUMMER = '201701102384';

function logTo(lines: Record<string, unknown>[], level: LogLevel = 'info'): Log {
  const write = (text: string): void => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
  };
  return Log.create({ stage: 'normalise', level, destination: { write } });
}

function written(write: (log: Log) => void, level?: LogLevel): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  write(logTo(lines, level));
  return lines;
}

describe('a log line', () => {
  it('is one JSON object with stage, outcome, duration and ids', () => {
    const [line] = written((log) =>
      log.line({
        outcome: 'done',
        durationMs: 12,
        events: 500,
        eventIds: ['a', 'b'],
        sequence: 7n,
      }),
    );
    expect(line).toMatchObject({
      level: 'info',
      stage: 'normalise',
      message: 'done',
      outcome: 'done',
      durationMs: 12,
      events: 500,
      eventIds: ['a', 'b'],
      sequence: '7',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('never holds an object, however it got there', () => {
    const smuggled = { person: { name: 'Alma' }, rows: [{ name: 'Alma' }] } as unknown as LogFields;
    const [line] = written((log) => log.info('read', smuggled));
    expect(JSON.stringify(line)).not.toContain('Alma');
    expect(line).toMatchObject({ person: '[object withheld]', rows: ['[object withheld]'] });
  });

  it.each([
    ['bare', PERSONNUMMER],
    ['with a hyphen', '20170110-2384'],
    ['of ten digits', '170110-2384'],
    ['a samordningsnummer', '200000672386'],
    ['a TF number', '20170110TF12'],
  ])("withholds a person's number: %s", (_, number) => {
    const [line] = written((log) =>
      log.failure(`key ${number} exists`, new Error(`key (${number}) exists`), { ids: [number] }),
    );
    expect(JSON.stringify(line)).not.toContain(number);
    expect(line).toMatchObject({ message: 'key [number withheld] exists' });
  });

  it.each(['00000000000000000042', '6f9619ff-8b86-4011-b42d-00c04fc964ff', '1772452800000'])(
    'keeps what only looks like one: %s',
    (text) => {
      expect(written((log) => log.info('read', { text }))[0]).toMatchObject({ text });
    },
  );

  it('cuts long strings and long lists', () => {
    const [line] = written((log) =>
      log.info('read', { text: 'x'.repeat(5_000), ids: Array.from({ length: 500 }, () => 'id') }),
    );
    expect(String(line?.text)).toHaveLength(301 + ' (5000 characters)'.length);
    expect(line?.ids).toHaveLength(21);
    expect(line?.ids).toContain('and 480 more');
  });

  it('keeps its own names to itself', () => {
    const [line] = written((log) => log.info('read', { level: 'silent', time: 'never' }));
    expect(line).toMatchObject({ level: 'info', level_: 'silent', time_: 'never' });
  });

  it('tells of an error its name, code, message, frames and causes, and nothing else of it', () => {
    const error = Object.assign(new Error('insert failed', { cause: new TypeError('bad row') }), {
      code: '23505',
      row: 'Alma',
    });
    const [line] = written((log) => log.failure('A batch failed', error));
    expect(line).toMatchObject({
      level: 'error',
      errorName: 'Error',
      errorCode: '23505',
      errorMessage: 'insert failed',
      errorCause: 'TypeError: bad row',
      errorStack: expect.arrayContaining([expect.stringMatching(/^at /)]),
    });
    expect(JSON.stringify(line)).not.toContain('Alma');
  });

  it('names every fault of the configuration', () => {
    const error = new ConfigError([{ setting: 'A', sentence: 'A is not set.' }]);
    expect(written((log) => log.failure('Not started', error))[0]).toMatchObject({
      faults: ['A is not set.'],
    });
  });

  it('is not written below the level', () => {
    const lines = written((log) => {
      log.info('read');
      log.forStage('publish').warn('slow');
    }, 'warn');
    expect(lines).toMatchObject([{ level: 'warn', stage: 'publish', message: 'slow' }]);
  });
});

describe("Nest's own messages", () => {
  it('come out as lines, its wiring only for who debugs', () => {
    const lines = written((log) => {
      const nest = new NestLog(log);
      nest.log('Mapped {/v1/feed, GET} route', 'RouterExplorer');
      nest.log('Nest application successfully started', 'NestApplication');
      nest.warn({ name: 'Alma' }, 'Guard');
      nest.error(new TypeError('no such provider'), 'at x\nat y', 'Injector');
      nest.error('no such provider', 'Injector');
    });
    expect(lines).toMatchObject([
      { level: 'info', message: 'Nest application successfully started', nest: 'NestApplication' },
      { level: 'warn', message: 'a logged object', nest: 'Guard' },
      { level: 'error', errorName: 'TypeError', errorMessage: 'no such provider' },
      { level: 'error', outcome: 'failed', reason: 'no such provider' },
    ]);
  });
});
