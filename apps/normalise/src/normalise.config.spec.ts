import { ConfigError } from '#runtime';
import { normaliseEnvironment } from './normalise.config.js';

describe('what a process of normalise reads', () => {
  it('is every kind of source when nothing is said', () => {
    const topics = normaliseEnvironment({}).STAGE_TOPICS!.split(',');
    expect(topics).toContain('source.elevregister');
    expect(topics).toHaveLength(6);
  });

  it('is one kind when one is named', () => {
    expect(normaliseEnvironment({ NORMALISE_SOURCES: 'absence' }).STAGE_TOPICS).toBe(
      'source.absence',
    );
  });

  it('cannot be a kind that does not exist', () => {
    expect(() => normaliseEnvironment({ NORMALISE_SOURCES: 'absense' })).toThrow(ConfigError);
  });
});
