import { TOPICS, type TopicRow } from '#canonical';
import { ConfigError } from '#runtime';
import { normaliseEnvironment } from './normalise.config.js';

describe('what a process of normalise reads', () => {
  it('is every topic that the table of topics lets the stage read, when nothing is said', () => {
    const rows = (TOPICS as readonly TopicRow[]).filter(
      // Settings are read whole by every process, beside the groups.
      ({ name, readers }) => readers.includes('normalise') && name !== 'admin.settings',
    );
    const topics = normaliseEnvironment({}).STAGE_TOPICS!.split(',');
    expect(topics.sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it('is one kind when one is named, and what an administrator asks', () => {
    expect(normaliseEnvironment({ NORMALISE_SOURCES: 'absence' }).STAGE_TOPICS).toBe(
      'source.absence,admin.commands',
    );
  });

  it('cannot be a kind that does not exist', () => {
    expect(() => normaliseEnvironment({ NORMALISE_SOURCES: 'absense' })).toThrow(ConfigError);
  });
});
