/** The kinds of system that a source can be; each kind has a topic of its own. */
export const SOURCE_KINDS = [
  'elevregister',
  'absence',
  'learning-platform',
  'student-health',
  'test-platform',
  'school-units',
] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export type Stage =
  'ingest' | 'collect' | 'normalise' | 'test-access' | 'publish' | 'provision' | 'dashboard';

/** One row of the table of topics. Names ending in `*` are families: one topic per huvudman, subscription or source. */
export interface TopicRow {
  readonly name: string;
  readonly key: string;
  readonly writers: readonly Stage[];
  readonly readers: readonly (Stage | 'subscriber')[];
  /** How long records are kept, in days; null for a compacted topic, which keeps the newest of each key for good. */
  readonly retentionDays: number | null;
  /** Topics whose records must stay in one order have one partition; the others have the deployment's number. */
  readonly partitions: 'one' | 'many';
  readonly says: string;
}

/** What administrators ask of the stages. */
export const COMMANDS_TOPIC = 'admin.commands';

const source = (kind: SourceKind, says: string): TopicRow => ({
  name: `source.${kind}`,
  key: 'HMAC of the source and its object id',
  writers: ['ingest'],
  readers: ['normalise'],
  retentionDays: 7,
  partitions: 'many',
  says,
});

/** Every topic of the hub. This table makes the topics and `docs/events.md`. */
export const TOPICS = [
  source('elevregister', 'What student registers say: persons, enrolments, duties, groups.'),
  source('absence', 'What absence systems say; reasons were redacted at the door.'),
  source('learning-platform', 'What learning platforms say of accounts and courses.'),
  source('student-health', 'Aggregates per school unit, never about one pupil.'),
  source('test-platform', 'Which tests are assigned, begun and submitted.'),
  source('school-units', 'The national register of school units.'),
  {
    name: 'canonical.events',
    key: 'person, else group or organisation',
    writers: ['normalise'],
    readers: ['test-access', 'publish'],
    retentionDays: 7,
    partitions: 'many',
    says: 'What changed, in the shared language, with the subject’s whole present state.',
  },
  {
    name: 'access.events',
    key: 'person',
    writers: ['test-access'],
    readers: ['publish'],
    retentionDays: 7,
    partitions: 'many',
    says: 'Who may reach which test, and where.',
  },
  {
    name: 'huvudman.*.events',
    key: 'subject',
    writers: ['publish'],
    readers: ['subscriber'],
    retentionDays: 7,
    partitions: 'one',
    says: 'What one huvudman may know, in the order of its feed.',
  },
  {
    name: 'findings',
    key: 'person, else source or subscriber',
    writers: ['normalise', 'test-access', 'publish'],
    readers: ['test-access', 'dashboard'],
    retentionDays: 30,
    partitions: 'many',
    says: 'Something a human should know was opened or closed; ids only.',
  },
  {
    name: 'admin.settings',
    key: 'thing',
    writers: ['dashboard'],
    readers: ['ingest', 'normalise', 'test-access', 'publish', 'dashboard'],
    retentionDays: null,
    partitions: 'one',
    says: 'Huvudmän, sources and their contracts, policies, calendars.',
  },
  {
    name: COMMANDS_TOPIC,
    key: 'target',
    writers: ['dashboard'],
    readers: ['normalise', 'test-access', 'publish', 'dashboard'],
    retentionDays: 30,
    partitions: 'one',
    says: 'What an administrator asks of a stage: answer, separate, erase, replay, retry.',
  },
  {
    name: 'trail',
    key: 'stage',
    writers: ['ingest', 'normalise', 'test-access', 'publish'],
    readers: ['dashboard'],
    retentionDays: 7,
    partitions: 'many',
    says: 'One record per batch: what became of each event. Best effort.',
  },
] as const satisfies readonly TopicRow[];

/** The topic of a kind of source. */
export function sourceTopic(kind: SourceKind): string {
  return `source.${kind}`;
}

/** The topic of one huvudman; `id` is its opaque id. */
export function huvudmanTopic(id: string): string {
  return `huvudman.${id}.events`;
}

/** The beginning of the ids of all consumer groups in which a huvudman's clients may read its topic. */
export function huvudmanGroupPrefix(id: string): string {
  return `huvudman.${id}.`;
}

/** The row of the table that a topic's name belongs to. */
export function topicRow(name: string): TopicRow | undefined {
  return (TOPICS as readonly TopicRow[]).find((row) =>
    row.name.includes('*') ? matchesFamily(row.name, name) : row.name === name,
  );
}

function matchesFamily(family: string, name: string): boolean {
  const [before = '', after = ''] = family.split('*');
  return (
    name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length
  );
}
