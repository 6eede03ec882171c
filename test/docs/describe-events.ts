import { ADAPTERS } from '#adapters';
import { ENVELOPE_ATTRIBUTES, SCHEMAS, TOPICS, schemaOf, type PayloadSchema, type TopicRow } from '#canonical'; // prettier-ignore
import { ALLOWED } from '../../apps/publish/src/allow-list.js';
import { ACCESS_WORDS, CANONICAL_WORDS } from './event-words.js';
import { table } from './table.js';

/** docs/events.md: what goes over the topics, and how to read it. */
export function describeEvents(): string {
  return [
    '# Events',
    '',
    'Made from `libs/canonical`, `libs/adapters` and `apps/publish/src/allow-list.ts` by `test/docs.spec.ts`; `UPDATE_GOLDEN=1 npm test -- test/docs.spec.ts` writes it anew.',
    'The same as an AsyncAPI 3.0 document: [asyncapi.json](asyncapi.json). JSON Schemas of the payloads: [schemas](schemas).',
    '',
    ...topics(),
    ...envelope(),
    ...types('canonical.events', CANONICAL_WORDS),
    ...types('access.events', ACCESS_WORDS),
    ...told(),
    ...sources(),
  ].join('\n');
}

function topics(): string[] {
  const rows = (TOPICS as readonly TopicRow[]).map((row) => [
    `\`${row.name}\``,
    row.key,
    row.writers.join(', '),
    row.readers.join(', '),
    row.retentionDays === null ? 'for good (compacted)' : `${row.retentionDays} days`,
    row.partitions === 'one' ? '1' : '`KAFKA_PARTITIONS`',
    row.says,
  ]);
  return [
    '## Topics',
    '',
    'A `*` stands for an id: there is one such topic for each huvudman. `KAFKA_PREFIX` stands before every name where several hubs share a cluster.',
    'A consumer group’s id is the stage and the topics that it reads: `normalise.elevregister`, `test-access.canonical`.',
    '',
    ...table(['topic', 'key', 'written by', 'read by', 'kept', 'partitions', 'what it says'], rows),
    '',
  ];
}

function envelope(): string[] {
  const headers = ENVELOPE_ATTRIBUTES.filter((name) => name !== 'datacontenttype');
  return [
    '## Envelope',
    '',
    'CloudEvents 1.0. On our topics in binary mode: the attributes are Kafka headers, the value is the JSON payload. In the feed the same events in structured mode.',
    '',
    `Headers: \`ce_specversion\`, ${headers.map((name) => `\`ce_${name}\``).join(', ')}, \`content-type\`. Between stages also \`store\`, which says in which life of its store the sender sent it. None holds a name or a civic number. Readers take an unknown header or payload field for nothing: within a version a shape only grows.`,
    '',
    '`sequence` is an epoch of 10 digits, a hyphen and a number of 16 digits, so that the order of the texts is the order of the events.',
    '',
    '**The rule for every reader: drop what is not newer than the last `sequence` seen from that `source` for that `subject`.** An event can come twice (same `id`, same `sequence`); with the rule it acts once.',
    '',
    'Every event carries its subject’s whole present state, so that a reader decides from one event alone.',
    '',
  ];
}

function types(topic: 'canonical.events' | 'access.events', words: Record<string, string>) {
  const rows = Object.entries(words).map(([type, says]) => [
    `\`${type}\``,
    says,
    schemaLink(schemaOf(topic, type)!),
  ]);
  return [`## Types of \`${topic}\``, '', ...table(['type', 'it tells', 'payload'], rows), ''];
}

function schemaLink(schema: PayloadSchema): string {
  const [name] = Object.entries(SCHEMAS).find(([, one]) => one.dataschema === schema.dataschema)!;
  return `[${name}](schemas/${name}.json)`;
}

function told(): string[] {
  const rows = Object.entries(ALLOWED).map(([thing, fields]) => [
    thing,
    fields.map((field) => `\`${field}\``).join(', '),
  ]);
  return [
    '## What a huvudman is told',
    '',
    'On `huvudman.<id>.events` and in its feed, with `dataschema` `urn:elevnav:schema:told:1` and the types above (but no `se.elevnav.access.moved` between two huvudmän: the new one sees `granted`, the old one `revoked`; so it is with an entry, and `started` and `ended` with a group, that goes to another owner with its school unit). `subject` and `person.id` are the huvudman’s own id of the person; another huvudman has another. Of a protected person ids and the type leave, nothing else.',
    '',
    'These fields leave, and no other:',
    '',
    ...table(['part', 'fields'], rows),
    '',
    'A person event says `data.person` (`id`, `eppns`, `enrolments`, `duties`) and `data.change`; an access event `data.person.id`, `data.change` (`entry`, `from`, `standing`, `test`) and `data.access` (`entries`, `standings`, `tests`); the others `data.organisation`, `data.group` or `data.activity`.',
    '',
  ];
}

function sources(): string[] {
  const rows = ADAPTERS.map((adapter) => [
    `[${adapter.name}](../libs/adapters/src/${adapter.name}/README.md)`,
    `\`source.${adapter.kind}\``,
    adapter.types.map((type) => `\`${type}\``).join(', '),
  ]);
  return ['## Types that sources send', '', ...table(['adapter', 'topic', 'types'], rows), ''];
}
