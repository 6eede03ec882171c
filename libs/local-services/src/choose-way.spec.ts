import { chooseWay } from './choose-way.js';

const nothing = { isGiven: false, dockerAnswers: false };

describe('how a service is found', () => {
  it('prefers what the environment gives, then Docker, then a child process', () => {
    expect(chooseWay('kafka', { isGiven: true, dockerAnswers: true })).toBe('env');
    expect(chooseWay('kafka', { isGiven: false, dockerAnswers: true })).toBe('docker');
    expect(chooseWay('postgres', nothing)).toBe('local');
  });

  it('never runs the issuer in Docker', () => {
    expect(chooseWay('issuer', { isGiven: false, dockerAnswers: true })).toBe('local');
    expect(chooseWay('issuer', { ...nothing, forcedWay: 'docker' })).toBe('local');
  });

  it('goes the forced way although another is open', () => {
    const all = { isGiven: true, dockerAnswers: true };
    expect(chooseWay('kafka', { ...all, forcedWay: 'local' })).toBe('local');
    expect(chooseWay('kafka', { ...all, forcedWay: 'docker' })).toBe('docker');
    expect(chooseWay('kafka', { ...all, forcedWay: 'env' })).toBe('env');
  });

  it('says what to do when the forced way is not open', () => {
    expect(() => chooseWay('postgres', { ...nothing, forcedWay: 'env' })).toThrow(
      expect.objectContaining({
        code: 'variable-missing',
        message: expect.stringContaining('set DATABASE_URL'),
      }),
    );
    expect(() => chooseWay('kafka', { ...nothing, forcedWay: 'docker' })).toThrow(
      expect.objectContaining({
        code: 'docker-not-answering',
        message: expect.stringContaining('docker info'),
      }),
    );
  });
});
