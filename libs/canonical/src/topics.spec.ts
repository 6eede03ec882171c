import {
  SOURCE_KINDS,
  TOPICS,
  huvudmanTopic,
  sourceTopic,
  topicRow,
  type TopicRow,
} from './topics.js';

const rows: readonly TopicRow[] = TOPICS;

describe('the table of topics', () => {
  it('has each name once', () => {
    const names = rows.map((row) => row.name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('gives every row a key, a writer, a reader and a sentence', () => {
    const incomplete = rows.filter(
      ({ key, writers, readers, says }) =>
        !key || !writers.length || !readers.length || !says.endsWith('.'),
    );
    expect(incomplete).toEqual([]);
  });

  it('has a topic for each kind of source, and finds the row of a topic by its name', () => {
    for (const kind of SOURCE_KINDS)
      expect(topicRow(sourceTopic(kind))?.writers).toEqual(['ingest']);
    expect(topicRow(huvudmanTopic('kommuna1'))?.name).toBe('huvudman.*.events');
    for (const name of ['huvudman..events', 'huvudman.', 'source', 'canonical.events.x', '']) {
      expect(topicRow(name)).toBeUndefined();
    }
  });

  it('names topics that Kafka takes', () => {
    const names = rows.map((row) => row.name.replace('*', 'kommuna1'));
    expect(names.filter((name) => !/^[a-zA-Z0-9._-]{1,249}$/.test(name))).toEqual([]);
  });
});
