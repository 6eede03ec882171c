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
    'Subscribers read three sections: the [envelope](#envelope), [what a huvudman is told](#what-a-huvudman-is-told) and [you were away](#you-were-away). The rest is between stages.',
    '',
    ...topics(),
    ...envelope(),
    ...types('canonical.events', CANONICAL_WORDS),
    ...types('access.events', ACCESS_WORDS),
    ...told(),
    ...away(),
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
    'Every event of `canonical.events` carries its subject’s whole present state, so that a stage decides from one event alone. What a huvudman is told of a person comes in parts: [which they are](#what-a-huvudman-is-told).',
    '',
  ];
}

function types(topic: 'canonical.events' | 'access.events', words: Record<string, string>) {
  const rows = Object.entries(words).map(([type, says]) => [
    `\`${type}\``,
    says,
    schemaLink(schemaOf(topic, type)!),
  ]);
  return [
    `## Types of \`${topic}\``,
    '',
    'The payload is the one between stages; subscribers get the same types with [told](schemas/told.json).',
    '',
    ...table(['type', 'it tells', 'payload between stages'], rows),
    '',
  ];
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
    ...wrapped(
      'On `huvudman.<id>.events` and in its feed, with `dataschema` `urn:elevnav:schema:told:1` ([told](schemas/told.json)) and the types above. Four things are told otherwise than between stages:',
    ),
    '',
    ...wrapped(
      '- What you hear first of anybody is `se.elevnav.person.registered` (of a protected person then `protected`), also of somebody whom the hub knew already; that your own register dropped somebody is always `withdrawn`, never `dormant`. Whether another huvudman has the person too is not to be read from a type. Whoever left you without a trace, and returns, is `registered` again.',
    ),
    ...wrapped(
      '- A move between two huvudmän is no `se.elevnav.access.moved`: the new one sees `granted`, the old one `revoked`. So it is with an entry that goes to another owner with its school unit; a group or an activity is `started` and `ended`, the school unit itself `closed` to the old owner.',
    ),
    ...wrapped(
      '- `se.elevnav.person.merged` comes only to a huvudman that knew both: `subject` is the id that has ended, `data.person.id` the one that stays; there is no state and no `change`. Move what you hold from `subject` to `person.id`. Nothing more comes under the id that ended.',
    ),
    ...wrapped(
      '- `se.elevnav.person.separated` is told to nobody: whoever sees something else by it gets `updated`. What a test platform reports is told by what comes of it, as an access event.',
    ),
    '',
    '`subject` and `person.id` are the huvudman’s own id of the person; another huvudman has another.',
    '',
    ...wrapped(
      'The id of a school unit, and of an organisation of the type Huvudman whose source gives its organisation number, is Skolverket’s: a UUID version 5 of the code or the ten digits, in the nil namespace. A huvudman without one, or whose number is a personnummer (a sole trader), has an id of the hub’s own, as other organisations have.',
    ),
    '',
    ...wrapped(
      '**What an event says, it says whole; what it does not say, it leaves as it was.** Events of all kinds about one person have the same `subject` and one `sequence`. Keep these parts apart, and let no event of one part empty another:',
    ),
    '',
    ...table(['types', '`data`', 'whole in it', 'not in it'], TOLD_PARTS),
    '',
    ...wrapped(
      'In a person event without `eppns`, `enrolments` and `duties` your sources assert nothing of the person any more, or the person is protected. Of a protected person ids and the type leave, nothing else: a person event is `data.person.id` alone, an event of an enrolment, duty or report has `data.change.id`, an access event `data.change.id` (the entry or the assignment) or an empty `change`, and no `access`. `se.elevnav.person.protected` says that it is so from now on: keep ids only. After `se.elevnav.person.erased` erase what you hold.',
    ),
    '',
    'These fields leave, and no other:',
    '',
    ...table(['part', 'fields'], rows),
    '',
  ];
}

const TOLD_PARTS = [
  [
    '`person.*`, `enrolment.*`, `duty.*`',
    '`person` (`id`, `eppns`, `enrolments`, `duties`), `change` (`fields`: which parts; or `id`: which enrolment or duty)',
    'what your sources assert of the person',
    'access, presence',
  ],
  [
    '`absence.*`, `attendance.*`',
    '`person.id`, `change`: the report',
    'this report',
    'the other reports, and all else',
  ],
  [
    '`access.*`, `test.*`',
    '`person.id`, `change` (`entry`, `from`, `standing`, `test`), `access` (`entries`, `standings`, `tests`)',
    'the access at your units',
    'EPPNs other than the entries’, enrolments, duties, presence',
  ],
  [
    '`organisation.*`, `group.*`, `activity.*`',
    '`organisation`, `group` or `activity`',
    'the thing; of one that has gone to another owner its id and school unit',
    'the members of a group, the teachers of an activity',
  ],
];

function away(): string[] {
  return [
    '## You were away',
    '',
    ...wrapped(
      'The feed and the topic keep 7 days. Store your `cursor`, or on Kafka the offset, together with what you hold, and the last `sequence` of each `subject` with it.',
    ),
    '',
    '- **Less than 7 days**: go on from your cursor or offset. Nothing is missing.',
    ...wrapped(
      '- **Longer, by the feed**: `GET /v1/feed` answers 410, `urn:elevnav:problem:cursor-gone`, once an event after your cursor has been forgotten. A cursor of a time that a restore of the hub has undone is answered the same.',
    ),
    ...wrapped(
      '- **Longer, by the topic**: Kafka says nothing. A consumer group whose offset is gone begins where `auto.offset.reset` says (in kafkajs `fromBeginning`), and Kafka forgets the offsets of a group that has been empty for its `offsets.retention.minutes` (7 days unless the operator set it). So keep the offset yourself, and before you read compare it with the first one that the partition still has (kafkajs: `fetchTopicOffsets`, `low`): if yours is below, events are missing. An offset beyond the end means that the topic has begun anew.',
    ),
    '',
    ...wrapped(
      'Then **keep what you have**, leave out `after` (on Kafka: begin at the oldest record), and apply the rule for every reader to all that comes. Do not empty your store: most of what you hold is still right, and nothing would bring it all back.',
    ),
    '',
    ...wrapped(
      'What happened between your last event and the oldest one that is left is not told again by itself. Ask the operator for a [replay](operating.md#a-stage-without-its-store) ([decision 17](decisions/0017-a-replay-goes-over-the-same-topic.md)); it cannot be had for one huvudman alone:',
    ),
    '',
    ...table(['replay', 'what you get', 'what you do not get'], REPLAYED),
    '',
    ...wrapped(
      'So after the replay of access an entry that you hold and of which no newer event came may have ended meanwhile: ask the operator, or your own register, before you rely on it. A person whom you hold comes right with the next event of that person, since each says its part whole. There is no address yet at which all that holds now can be read.',
    ),
    '',
  ];
}

const REPLAYED = [
  [
    'of the register',
    'your school units, groups and activities; who is erased; of other persons only what publish has not told you yet',
    'persons of whom nothing has changed since publish told you, even if you missed it; absence and attendance',
  ],
  [
    'of access',
    'each person who has an entry, a standing or a test at your units: all of `access`, under a newer `sequence`',
    'persons who have none any more (their `revoked` is not told again), and every step in between',
  ],
];

function sources(): string[] {
  const rows = ADAPTERS.map((adapter) => [
    `[${adapter.name}](../libs/adapters/src/${adapter.name}/README.md)`,
    `\`source.${adapter.kind}\``,
    adapter.types.map((type) => `\`${type}\``).join(', '),
  ]);
  return ['## Types that sources send', '', ...table(['adapter', 'topic', 'types'], rows), ''];
}

const LINE_LENGTH_MAX = 140;

/** A paragraph, or a list's item, in lines of at most 140 characters. */
function wrapped(text: string): string[] {
  const indent = text.startsWith('- ') ? '  ' : '';
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line.length + 1 + word.length > LINE_LENGTH_MAX) lines.push(indent + word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
