import { ENVELOPE_ATTRIBUTES, TOPICS, type TopicRow } from '#canonical';
import { PUBLISHED_SCHEMAS } from './published-schemas.js';

/** Which payloads a topic carries; a topic that is not here carries what its section in docs/events.md says. */
const PAYLOADS: Readonly<Record<string, readonly string[]>> = {
  'canonical.events': ['person', 'organisation', 'group', 'activity'],
  'access.events': ['access'],
  'huvudman.*.events': ['told'],
  findings: ['finding'],
  'admin.settings': ['setting'],
  'admin.commands': ['command'],
  trail: ['trail'],
};

/** docs/asyncapi.json: the topics as AsyncAPI 3.0.0 tells them, with one operation for each stage that writes or reads one. */
export function describeAsyncApi(version: string): object {
  const rows: readonly TopicRow[] = TOPICS;
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Elevnav',
      version,
      description:
        'The topics of the hub. Made from the table of topics; docs/events.md says the rest.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(rows.map((row) => [channelOf(row), describeChannel(row)])),
    operations: Object.fromEntries(rows.flatMap(describeOperations)),
    components: {
      schemas: { envelope: describeEnvelope() },
      messages: Object.fromEntries(
        Object.entries(PUBLISHED_SCHEMAS).map(([name, { dataschema }]) => [
          name,
          {
            summary: dataschema,
            headers: { $ref: '#/components/schemas/envelope' },
            payload: { $ref: `schemas/${name}.json` },
          },
        ]),
      ),
    },
  };
}

/** AsyncAPI keys are letters, digits, dots, hyphens and underscores only. */
function channelOf({ name }: TopicRow): string {
  return name.replace('*', 'id');
}

function describeChannel(row: TopicRow): object {
  const isFamily = row.name.includes('*');
  const names = PAYLOADS[row.name];
  const messages = names
    ? Object.fromEntries(
        names.map((name) => [name, { $ref: `#/components/messages/${name}` }] as const),
      )
    : {
        event: {
          summary: 'A CloudEvent in binary mode.',
          headers: { $ref: '#/components/schemas/envelope' },
          payload: { type: 'object' },
        },
      };
  return {
    address: row.name.replace('*', '{id}'),
    description: row.says,
    ...(isFamily && { parameters: { id: { description: 'The huvudman’s opaque id.' } } }),
    messages,
    bindings: {
      kafka: {
        topicConfiguration: {
          'cleanup.policy': [row.retentionDays === null ? 'compact' : 'delete'],
          'retention.ms': row.retentionDays === null ? -1 : row.retentionDays * 86_400_000,
        },
        bindingVersion: '0.5.0',
      },
    },
  };
}

function describeOperations(row: TopicRow): [string, object][] {
  const channel = { $ref: `#/channels/${channelOf(row)}` };
  return [
    ...row.writers.map((stage): [string, object] => [
      `${stage}.sends.${channelOf(row)}`,
      { action: 'send', channel, summary: `${stage} writes it.` },
    ]),
    ...row.readers.map((stage): [string, object] => [
      `${stage}.receives.${channelOf(row)}`,
      { action: 'receive', channel, summary: `${stage} reads it.` },
    ]),
  ];
}

function describeEnvelope(): object {
  const names = ['specversion', ...ENVELOPE_ATTRIBUTES].filter((n) => n !== 'datacontenttype');
  const headers = [...names.map((name) => `ce_${name}`), 'content-type'];
  return {
    type: 'object',
    required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type'],
    properties: Object.fromEntries(headers.map((name) => [name, { type: 'string' }])),
  };
}
