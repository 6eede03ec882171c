import { HubError } from './hub-error.js';
import { readArguments } from './read-arguments.js';

describe('the arguments of npm start', () => {
  it('are all off unless given', () => {
    expect(readArguments([])).toEqual({
      fresh: false,
      processes: false,
      demo: undefined,
      exit: false,
      json: false,
      help: false,
    });
  });

  it('tell the move', () => {
    const given = readArguments(['--demo', 'move', '--exit', '--json']);
    expect(given).toMatchObject({ demo: 'move', exit: true, json: true });
  });

  it.each([
    ['an unknown one', ['--fast'], "Unknown option '--fast'"],
    ['a word', ['fresh'], "Unexpected argument 'fresh'"],
    ['an unknown demo', ['--demo', 'dance'], 'There is no demo "dance"'],
    ['a demo without its name', ['--demo'], 'argument missing'],
    ['--exit without a demo', ['--exit'], '--exit and --json go with --demo move'],
    ['a demo over processes', ['--demo', 'move', '--processes'], 'Leave out --processes'],
  ])('name what is not understood, and the usage: %s', (_what, given, sentence) => {
    const read = () => readArguments(given);
    expect(read).toThrow(HubError);
    expect(read).toThrow(sentence);
    expect(read).toThrow('--fresh      start over');
  });
});
