import { asAccount } from './postgres-account.js';

describe('as whom PostgreSQL runs', () => {
  it('is the same user unless that is root', () => {
    const command = asAccount({ needsPassage: false }, 'postgres', ['-D', 'data']);
    expect(command).toEqual({ command: 'postgres', args: ['-D', 'data'] });
  });

  it('is the user postgres when Elevnav is root', () => {
    const command = asAccount({ uid: 101, gid: 104, needsPassage: false }, 'postgres', []);
    expect(command).toEqual({ command: 'postgres', args: [], uid: 101, gid: 104 });
  });

  it('passes closed folders by setpriv, which sets the user itself', () => {
    const account = { uid: 101, gid: 104, needsPassage: true };
    const { command, args, uid } = asAccount(account, 'postgres', ['-D', 'data']);
    expect(command).toBe('setpriv');
    expect(uid).toBeUndefined();
    expect(args).toEqual(expect.arrayContaining(['--reuid=101', '--regid=104', '--clear-groups']));
    expect(args.slice(-4)).toEqual(['--', 'postgres', '-D', 'data']);
  });
});
