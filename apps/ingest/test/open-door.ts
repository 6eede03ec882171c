import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { settingKey, sourceUrn, type Setting, type SourceSetting } from '#canonical';
import { EventProducer, KafkaConnection, DEFAULT_KAFKA_OPTIONS } from '#kafka';
import { registerIssuerClient, type LocalServices } from '#local-services';
import { Log, bootStage, type BootedStage } from '#runtime';
import { IngestModule } from '../src/ingest.module.js';

export interface StoredRecord {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: unknown;
}

export interface PushOptions {
  readonly mediaType?: string;
  readonly path?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
type Lines = Iterable<string> | AsyncIterable<string>;

/** A door that is open: the stage over real HTTP, a Kafka of its own names, sources of its own, and tokens of a real issuer. */
export interface Door {
  readonly url: string;
  readonly stage: BootedStage;
  token(clientId: string, scopes?: readonly string[]): Promise<string>;
  /** POST to /v1/events with the token of `vendor-a` unless told otherwise. */
  push(body: Body, options?: PushOptions): Promise<Response>;
  /** The same for NDJSON, sending no faster than the door reads; `fetch` would hold in memory what the door has not read yet. */
  pushLines(lines: Lines, path?: string): Promise<{ status: number; body: unknown }>;
  /** Takes a setting out, as the dashboard does. */
  takeOut(key: string): Promise<void>;
  recordsOf(topic: string): Promise<StoredRecord[]>;
  countOf(topic: string): Promise<number>;
  close(): Promise<void>;
}

const SECRET = 'a secret for tests only';

export const REGISTER_A = source('register-a', 'ss12000', 'elevregister', ['vendor-a']);
export const ABSENCE_A = source('absence-a', 'ss12000-attendance', 'absence', ['vendor-a']);
export const REGISTER_B = source('register-b', 'ss12000', 'elevregister', ['vendor-b']);

/** @param directory the data folder of the services, where their issuer finds its clients. */
export async function openDoor(
  services: LocalServices,
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Door> {
  const prefix = `t${randomBytes(4).toString('hex')}.`;
  const { kafka } = services;
  const connection = new KafkaConnection({
    ...DEFAULT_KAFKA_OPTIONS,
    brokers: kafka.brokers.split(','),
    clientId: 'ingest-spec',
    username: kafka.username,
    password: kafka.password,
    prefix,
  });
  const producer = new EventProducer(connection);
  await connection.ensureTopics(['admin.settings']);
  await producer.send([REGISTER_A, ABSENCE_A, REGISTER_B].map(settingRecord));

  const stage = await bootStage(IngestModule, {
    stage: 'ingest',
    log: Log.create({ stage: 'ingest', level: 'silent' }),
    http: { port: 0 },
    ownsProcess: false,
    environment: {
      ...services.environment,
      KAFKA_PREFIX: prefix,
      IDENTITY_KEY: Buffer.alloc(32, 1).toString('base64'),
      MASTER_KEYS: `test:${Buffer.alloc(32, 2).toString('base64')}`,
      ...environment,
    },
  });

  const tokens = new Map<string, string>();
  const token = async (clientId: string, scopes: readonly string[] = ['events:write']) => {
    const name = `${clientId} ${scopes.join(' ')}`;
    const fetched = tokens.get(name) ?? (await fetchToken(services, directory, clientId, scopes));
    tokens.set(name, fetched);
    return fetched;
  };
  return {
    url: stage.url,
    stage,
    token,
    push: async (body, options = {}) =>
      fetch(`${stage.url}${options.path ?? '/v1/events'}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${options.token ?? (await token('vendor-a'))}`,
          'content-type': options.mediaType ?? 'application/cloudevents+json',
          ...options.headers,
        },
        body,
        duplex: 'half',
      } as RequestInit),
    pushLines: async (lines, path = '/v1/events') =>
      pushLines(lines, `${stage.url}${path}`, await token('vendor-a')),
    takeOut: (key) => producer.send([{ topic: 'admin.settings', key, headers: {}, value: null }]),
    recordsOf: (topic) => recordsOf(connection, topic),
    countOf: (topic) => countOf(connection, topic),
    close: async () => {
      await stage.stop();
      await producer.close();
      await connection.close();
    },
  };
}

/** A pupil's record as a student register sends it, with much that the hub does not keep. Invented. */
export function personEvent(id: string, changes: Readonly<Record<string, unknown>> = {}) {
  const person = randomUUID();
  return {
    specversion: '1.0',
    id,
    source: sourceUrn('register-a'),
    type: 'ss12000.person.changed',
    time: '2026-11-22T08:30:00+01:00',
    data: {
      id: person,
      meta: { created: '2026-08-17T07:30:00+02:00', modified: '2026-11-22T08:30:00+01:00' },
      givenName: 'Test',
      familyName: 'Elevsson',
      eduPersonPrincipalNames: [`${person.slice(0, 8)}@skola.example`],
      civicNo: { value: '201003142385', nationality: 'SE' },
      birthDate: '2010-03-14',
      securityMarking: 'Ingen',
      personStatus: 'Aktiv',
      phoneNumbers: [{ value: '070-1740605', type: 'Hem', mobile: true }],
      enrolments: [
        {
          enroledAt: { id: 'fb22448b-b724-5e53-8a2c-d8b339206901', displayName: 'Testskolan' },
          schoolYear: 9,
          schoolType: 'GR',
          startDate: '2026-08-17',
          cancelled: false,
        },
      ],
    },
    ...changes,
  };
}

function source(
  id: string,
  adapter: string,
  sourceKind: SourceSetting['sourceKind'],
  clients: string[],
): SourceSetting {
  return {
    kind: 'source',
    id,
    huvudman: 'aaaaaaaaaaaa',
    sourceKind,
    adapter,
    clients,
    contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
  };
}

function settingRecord(setting: Setting) {
  const value = JSON.stringify(setting);
  return { topic: 'admin.settings', key: settingKey(setting), headers: {}, value };
}

async function fetchToken(
  services: LocalServices,
  directory: string,
  clientId: string,
  scopes: readonly string[],
): Promise<string> {
  await registerIssuerClient(directory, { clientId, clientSecret: SECRET, scopes: [...scopes] });
  const { issuer } = services;
  const discovery = await fetch(`${issuer.url}/.well-known/openid-configuration`);
  const { token_endpoint } = (await discovery.json()) as { token_endpoint: string };
  const credential = `${encodeURIComponent(clientId)}:${encodeURIComponent(SECRET)}`;
  const response = await fetch(token_endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credential).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const answer = (await response.json()) as { access_token?: string };
  if (answer.access_token === undefined) throw new Error(`No token: ${JSON.stringify(answer)}`);
  return answer.access_token;
}

async function pushLines(
  lines: Lines,
  url: string,
  token: string,
): Promise<{ status: number; body: unknown }> {
  const request = httpRequest(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
  });
  const answer = new Promise<{ status: number; body: unknown }>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', async (response) => {
      let text = '';
      for await (const piece of response) text += String(piece);
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
    });
  });
  for await (const line of lines) {
    if (!request.write(line)) await Promise.race([once(request, 'drain'), answer]);
  }
  request.end();
  return answer;
}

async function countOf(connection: KafkaConnection, topic: string): Promise<number> {
  const offsets = await connection.topicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + high, 0);
}

/** All records of a topic, in order within each partition. */
async function recordsOf(connection: KafkaConnection, topic: string): Promise<StoredRecord[]> {
  const expected = await countOf(connection, topic);
  const records: StoredRecord[] = [];
  if (expected === 0) return records;
  const consumer = connection.client.consumer({
    groupId: connection.wire(`spec-${randomUUID()}`),
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: connection.wire(topic), fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          eachMessage: async ({ message }) => {
            records.push({
              key: message.key?.toString() ?? '',
              headers: Object.fromEntries(
                Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
              ),
              value: JSON.parse(message.value?.toString() ?? 'null') as unknown,
            });
            if (records.length >= expected) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
}
