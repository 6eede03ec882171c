import { request as httpRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sourceUrn } from '#canonical';
import { startLocalServices, type LocalServices } from '#local-services';
import { eventually, testDirectory } from '#testing';
import { openDoor, personEvent, type Door } from '../test/open-door.js';

const BATCH = 'application/cloudevents-batch+json';
const LINES = 'application/x-ndjson';
const REGISTER_TOPIC = 'source.elevregister';

let services: LocalServices;
let directory: string;
let door: Door;

beforeAll(async () => {
  directory = testDirectory();
  services = await startLocalServices({
    directory,
    need: ['kafka', 'issuer'],
    ports: { kafka: 0, kafkaClients: 0, kafkaController: 0, issuer: 0 },
  });
  door = await openDoor(services, directory);
});

afterAll(async () => {
  await door?.close();
  await services?.stop();
});

interface Answer {
  accepted: number;
  refused: number;
  events: { id?: string; verdict: string; code?: string }[];
  refusals: { line: number; id?: string; code: string }[];
  errors: { pointer: string; detail: string; code: string; line?: number }[];
  type: string;
  detail: string;
  resumeAtLine: number;
}

async function answerOf(response: Response): Promise<Answer> {
  return (await response.json()) as Answer;
}

/** The code of a refused request, after the form of the answer was checked (RFC 9457). */
async function problemOf(
  response: Response,
): Promise<{ status: number; code: string; body: Answer }> {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const body = await answerOf(response);
  return { status: response.status, code: body.type.replace('urn:elevnav:problem:', ''), body };
}

async function storedBy(work: () => Promise<unknown>, topic = REGISTER_TOPIC): Promise<number> {
  const before = await door.countOf(topic);
  await work();
  return (await door.countOf(topic)) - before;
}

/** What is still held after everything that can be freed is freed. */
function liveMegabytes(): number {
  setFlagsFromString('--expose_gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_048_576;
}

function streamOf(lines: Iterable<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const iterator = lines[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const step = iterator.next();
      if (step.done) controller.close();
      else controller.enqueue(encoder.encode(step.value));
    },
  });
}

/** What of the event above is not kept. */
const REDACTED = [
  '/data/enrolments/*/enroledAt/displayName',
  '/data/meta/created',
  '/data/phoneNumbers',
];

describe('A student register that pushes', () => {
  it('one event in structured mode finds it stored, redacted, under the key of its object', async () => {
    const event = personEvent('structured-1', { traceparent: 'broken', subject: '201003142385' });
    const response = await door.push(JSON.stringify(event));
    expect(response.status).toBe(202);
    expect(await answerOf(response)).toEqual({
      accepted: 1,
      refused: 0,
      events: [{ id: 'structured-1', verdict: 'accepted', redacted: REDACTED }],
    });
    const again = await door.push(JSON.stringify({ ...event, id: 'structured-2' }));
    expect(again.status).toBe(202);

    const stored = (await door.recordsOf(REGISTER_TOPIC)).filter((record) =>
      record.headers.ce_id?.startsWith('structured-'),
    );
    expect(stored).toHaveLength(2);
    expect(stored[0]?.key).toMatch(/^[0-9a-f]{32}$/);
    expect(stored[1]?.key).toBe(stored[0]?.key);
    expect(stored[0]?.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: 'structured-1',
      ce_source: 'urn:elevnav:source:register-a',
      ce_type: 'ss12000.person.changed',
      ce_time: '2026-11-22T08:30:00+01:00',
      ce_traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
      'content-type': 'application/json',
    });
    expect(stored[0]?.value).toMatchObject({ id: event.data.id, familyName: 'Elevsson' });
    expect(stored[0]?.value).not.toHaveProperty('phoneNumbers');
  });

  it('one event in binary mode finds it stored', async () => {
    const { data, ...attributes } = personEvent('binary 1');
    const headers = Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeURIComponent(value)]),
    );
    const options = { mediaType: 'application/json; charset=utf-8', headers };
    const response = await door.push(JSON.stringify(data), options);
    expect(response.status).toBe(202);
    expect((await answerOf(response)).events).toMatchObject([
      { id: 'binary 1', verdict: 'accepted' },
    ]);
    const ids = (await door.recordsOf(REGISTER_TOPIC)).map(({ headers }) => headers.ce_id);
    expect(ids).toContain('binary 1');
  });

  it('a batch of two kinds of source finds each event on its topic, in the order of the batch', async () => {
    const person = personEvent('batch-0');
    const absence = {
      ...personEvent('batch-absence'),
      source: sourceUrn('absence-a'),
      type: 'ss12000.absence.deleted',
      data: { id: '0a0e8ca5-4a5b-4f0b-a1cf-37d28b1a3a6d', deleted: '2026-11-22T08:30:00+01:00' },
    };
    const persons = [1, 2, 3, 4, 5].map((n) => ({ ...person, id: `batch-${n}` }));
    const response = await door.push(JSON.stringify([absence, ...persons]), { mediaType: BATCH });
    expect(response.status).toBe(202);
    expect((await answerOf(response)).accepted).toBe(6);
    const stored = (await door.recordsOf(REGISTER_TOPIC)).flatMap(({ headers }) =>
      headers.ce_id?.startsWith('batch-') ? [headers.ce_id] : [],
    );
    expect(stored).toEqual(['batch-1', 'batch-2', 'batch-3', 'batch-4', 'batch-5']);
    expect(await door.countOf('source.absence')).toBe(1);
  });

  it('a batch that is partly wrong gets a verdict for each event, and the right ones are stored', async () => {
    const events = [
      personEvent('part-1'),
      personEvent('part-2', { type: 'ss12000.headmaster.changed' }),
      personEvent('part-3', { source: sourceUrn('register-b') }),
      null,
      personEvent('part-5', { data: { id: 7 } }),
      { ...personEvent(''), time: 'then' },
    ];
    let response: Response | undefined;
    const stored = await storedBy(async () => {
      response = await door.push(JSON.stringify(events), { mediaType: BATCH });
    });
    expect(stored).toBe(1);
    expect(response?.status).toBe(202);
    const answer = await answerOf(response!);
    expect([answer.accepted, answer.refused]).toEqual([1, 5]);
    expect(answer.events.map(({ id, code }) => [id, code])).toEqual([
      ['part-1', undefined],
      ['part-2', 'unknown-type'],
      ['part-3', 'not-your-source'],
      [undefined, 'not-an-event'],
      ['part-5', 'bad-data'],
      ['', 'bad-attribute'],
    ]);
  });

  it('an empty batch or an empty stream has done nothing wrong', async () => {
    expect((await door.push('[]', { mediaType: BATCH })).status).toBe(202);
    expect((await door.push('\n\n', { mediaType: LINES })).status).toBe(202);
  });

  it('tells the trail what became of its events, without their content', async () => {
    const event = personEvent('trail-1');
    const events = [event, personEvent('trail-2', { type: 'x' }), personEvent('trail-3', { source: sourceUrn('register-b') })]; // prettier-ignore
    await door.push(JSON.stringify(events), { mediaType: BATCH });
    const cause = `${sourceUrn('register-a')} trail-1`;
    let told: unknown[] = [];
    for (let attempt = 0; attempt < 20 && told.length === 0; attempt++) {
      await delay(100);
      told = (await door.recordsOf('trail')).map(({ value }) => value);
      told = told.filter((value) => JSON.stringify(value).includes('trail-1'));
    }
    expect(told).toEqual([
      {
        stage: 'ingest',
        topic: '/v1/events',
        partition: 0,
        at: expect.any(String),
        durationMs: expect.any(Number),
        events: [
          { cause, type: 'ss12000.person.changed', outcome: 'accepted' },
          { cause: `${sourceUrn('register-a')} trail-2`, type: 'x', outcome: 'refused', detail: 'unknown-type' },
        ],
      },
    ]); // prettier-ignore
  });
});

describe('A caller', () => {
  it('without a token gets 401, with a token for something else 403', async () => {
    const body = JSON.stringify(personEvent('auth'));
    expect((await problemOf(await door.push(body, { token: 'x.y.z' }))).status).toBe(401);
    const reader = await door.token('reader', ['feed:read']);
    expect(await problemOf(await door.push(body, { token: reader }))).toMatchObject({
      status: 403,
      code: 'scope-missing',
    });
  });

  it('cannot tell a source that is another’s from one that is not there', async () => {
    const token = await door.token('vendor-b');
    const theirs = await problemOf(await door.push(JSON.stringify(personEvent('e')), { token }));
    const nobodys = personEvent('e', { source: sourceUrn('register-z') });
    const missing = await problemOf(await door.push(JSON.stringify(nobodys), { token }));
    expect(theirs).toMatchObject({ status: 403, code: 'not-your-source' });
    expect(missing.body.errors).toEqual(theirs.body.errors);
  });

  it('may not speak for a source that was taken out of the settings', async () => {
    const token = await door.token('vendor-b');
    const push = async () => {
      const event = personEvent('out', { source: sourceUrn('register-b') });
      return door.push(JSON.stringify(event), { token });
    };
    expect((await push()).status).toBe(202);
    await door.takeOut('source/register-b');
    const refused = await eventually(async () => {
      const response = await push();
      expect(response.status).toBe(403);
      return problemOf(response);
    });
    expect(refused).toMatchObject({ code: 'not-your-source' });
  });

  it.each([
    ['broken JSON', '{"a":', undefined, 400, 'malformed-body'],
    ['an empty body', '', undefined, 400, 'malformed-body'],
    ['null', 'null', undefined, 400, 'not-an-event'],
    ['a number', '7', undefined, 400, 'not-an-event'],
    ['an array as one event', '[]', undefined, 400, 'malformed-body'],
    ['an event as a batch', '{}', BATCH, 400, 'malformed-body'],
    ['null as a batch', 'null', BATCH, 400, 'malformed-body'],
    ['a batch of nulls', '[null,null]', BATCH, 400, 'not-an-event'],
    ['a line that is no JSON', '{"a":\n', LINES, 400, 'not-an-event'],
    ['JSON without attributes', '{}', 'application/json', 400, 'bad-request'],
    ['a depth bomb', '['.repeat(400_000), undefined, 400, 'malformed-body'],
    ['a batch of 1,001 events', JSON.stringify(Array(1_001).fill(1)), BATCH, 413, 'too-many-events'],
    ['a body of more than 1 MiB', JSON.stringify(personEvent('x', { a: 'x'.repeat(1_048_576) })), undefined, 413, 'body-too-large'],
    ['a form', 'a=1', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
    ['plain text', 'a', 'text/plain', 415, 'unsupported-media-type'],
    ['another charset', '{}', 'application/cloudevents+json; charset=latin1', 415, 'unsupported-media-type'],
  ])('who sends %s is told what to do', async (_what, body, mediaType, status, code) => {
    const problem = await problemOf(await door.push(body, { mediaType }));
    expect([problem.status, problem.code]).toEqual([status, code]);
    expect(problem.body.detail.length).toBeGreaterThan(20);
  }); // prettier-ignore

  it('who nests data too deep is refused, however well it is closed', async () => {
    const depth = 50_000;
    const data = `{"id":"p","a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    const event = JSON.stringify(personEvent('deep', { data: 0 })).replace(
      '"data":0',
      `"data":${data}`,
    );
    const problem = await problemOf(await door.push(event));
    expect([problem.status, problem.code]).toEqual([400, 'data-too-deep']);
  });

  it('who sends one event that is too large is refused for it, in every mode', async () => {
    const large = personEvent('large');
    const event = { ...large, data: { ...large.data, photo: 'x'.repeat(300_000) } };
    for (const [mediaType, body] of [
      [undefined, JSON.stringify(event)],
      [BATCH, JSON.stringify([event])],
      [LINES, JSON.stringify(event)],
    ] as const) {
      const problem = await problemOf(await door.push(body, { mediaType }));
      expect([problem.status, problem.code]).toEqual([413, 'data-too-large']);
    }
  });

  it('who sends a body with an encoding or an unknown type learns what is accepted', async () => {
    const zipped = await door.push('x', { headers: { 'content-encoding': 'gzip' } });
    expect(zipped.status).toBe(415);
    const problem = await door.push('x', { mediaType: 'text/xml' });
    expect(problem.headers.get('accept-post')).toContain('application/x-ndjson');
    expect(await problem.json()).toMatchObject({
      accepted: [
        'application/json',
        'application/cloudevents+json',
        'application/cloudevents-batch+json',
        'application/x-ndjson',
      ],
    });
  });

  it('who declares a body that is too large is refused before it is sent', async () => {
    const { hostname, port } = new URL(door.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest({
        hostname,
        port,
        path: '/v1/events',
        method: 'POST',
        headers: { 'content-type': BATCH, 'content-length': 2_000_000 },
      });
      request.on('response', (response) => {
        resolve(response.statusCode);
        request.destroy();
      });
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(status).toBe(413);
  });

  it('may check first: the same verdicts, and nothing is stored', async () => {
    const events = [personEvent('check-1'), personEvent('check-2', { type: 'x' })];
    for (const [mediaType, body] of [
      [BATCH, JSON.stringify(events)],
      [LINES, events.map((event) => JSON.stringify(event)).join('\n')],
    ] as const) {
      let response: Response | undefined;
      const stored = await storedBy(async () => {
        response = await door.push(body, { mediaType, path: '/v1/events/check' });
      });
      expect(stored).toBe(0);
      expect(response?.status).toBe(200);
      expect(await answerOf(response!)).toMatchObject({ accepted: 1, refused: 1 });
    }
    const faulty = personEvent('check-3');
    const data = { ...faulty.data, birthDate: 'yesterday' };
    const asked = await door.push(JSON.stringify({ ...faulty, data }), {
      path: '/v1/events/check',
    });
    expect(await answerOf(asked)).toMatchObject({
      accepted: 1,
      events: [{ verdict: 'accepted', then: 'parked', code: 'bad-data' }],
    });
    const refused = await door.push(JSON.stringify(events[1]), { path: '/v1/events/check' });
    expect((await problemOf(refused)).code).toBe('unknown-type');
  });
});

describe('A stream of lines', () => {
  it('of 20,000 events is stored whole, its wrong lines told by number', async () => {
    function* lines() {
      for (let n = 1; n <= 20_000; n++) {
        yield n % 5_000 === 0 ? 'not JSON\n' : `${JSON.stringify(personEvent(`line-${n}`))}\n`;
      }
    }
    let answer: Answer | undefined;
    const stored = await storedBy(async () => {
      const { status, body } = await door.pushLines(lines());
      expect(status).toBe(202);
      answer = body as Answer;
    });
    expect(answer).toMatchObject({ accepted: 19_996, refused: 4 });
    expect(answer?.refusals.map(({ line }) => line)).toEqual([5_000, 10_000, 15_000, 20_000]);
    expect(stored).toBe(19_996);
  });

  it('of 200 MB is read without holding it', async () => {
    const event = personEvent('flat');
    const data = { ...event.data, photo: 'x'.repeat(100_000) };
    const line = `${JSON.stringify({ ...event, data })}\n`;
    const before = liveMegabytes();
    let most = before;
    function* lines() {
      for (let n = 0; n < 2_000; n++) {
        if (n % 100 === 99) most = Math.max(most, liveMegabytes());
        yield line;
      }
    }
    const { body } = await door.pushLines(lines(), '/v1/events/check');
    expect((body as Answer).accepted).toBe(2_000);
    expect(most - before).toBeLessThan(20);
  });

  it('of which a line is too long goes on behind that line', async () => {
    const good = JSON.stringify(personEvent('after'));
    const body = `${JSON.stringify({ a: 'x'.repeat(400_000) })}\n${good}\n`;
    const answer = await answerOf(await door.push(body, { mediaType: LINES }));
    expect(answer).toMatchObject({ accepted: 1, refusals: [{ line: 1, code: 'data-too-large' }] });
  });
});

describe('With narrow limits', () => {
  let narrow: Door;
  beforeAll(async () => {
    narrow = await openDoor(services, directory, {
      INGEST_CLIENT_EVENTS_PER_SECOND: '10',
      INGEST_CLIENT_EVENTS_BURST: '20',
      INGEST_EVENTS_MAX: '20',
      INGEST_BODY_SECONDS_MAX: '1',
      INGEST_STREAM_BYTES_MAX: '20000',
      INGEST_CLIENT_REQUESTS_MAX: '1',
    });
  });
  afterAll(async () => narrow.close());

  const batchOf = (count: number) =>
    JSON.stringify(Array.from({ length: count }, (_, n) => personEvent(`rate-${n}`)));

  it('a client that pushes too many events gets 429 and when to come back', async () => {
    const check = { mediaType: BATCH, path: '/v1/events/check' };
    expect((await narrow.push(batchOf(15), check)).status).toBe(200);
    const response = await narrow.push(batchOf(20), check);
    expect(response.headers.get('retry-after')).toMatch(/^[12]$/);
    expect(await problemOf(response)).toMatchObject({ status: 429, code: 'too-many-requests' });
    const other = await narrow.token('vendor-b');
    const event = personEvent('other', { source: sourceUrn('register-b') });
    expect((await narrow.push(JSON.stringify(event), { token: other })).status).toBe(202);
    await delay(2_000);
    expect((await narrow.push(batchOf(20), { mediaType: BATCH })).status).toBe(202);
  });

  it('a body that stops half-way gets 408, and what of a stream was stored is told', async () => {
    await delay(2_000);
    const stuck = new ReadableStream<Uint8Array>({
      start(controller) {
        const line = `${JSON.stringify(personEvent('stuck'))}\n`;
        controller.enqueue(new TextEncoder().encode(`${line}{"half`));
      },
    });
    const problem = await problemOf(await narrow.push(stuck, { mediaType: LINES }));
    expect(problem).toMatchObject({ status: 408, code: 'request-timeout' });
    expect(problem.body).toMatchObject({ accepted: 1, refused: 0, resumeAtLine: 2 });
    expect(problem.body.detail).toContain('line 2');
  });

  it('a stream that is too long is cut, and what was stored of it is told', async () => {
    await delay(2_000);
    const line = `${JSON.stringify(personEvent('long'))}\n`;
    const lines = Array.from({ length: Math.ceil(25_000 / line.length) }, () => line);
    const problem = await problemOf(await narrow.push(streamOf(lines), { mediaType: LINES }));
    expect(problem).toMatchObject({ status: 413, code: 'body-too-large' });
    expect(problem.body.resumeAtLine).toBe((problem.body.accepted ?? 0) + 1);
  });

  it('a client with a request under way gets 429 for the next', async () => {
    await delay(1_000);
    const slow = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('\n')),
    });
    const first = narrow.push(slow, { mediaType: LINES });
    await delay(300);
    const response = await narrow.push(JSON.stringify(personEvent('second')));
    expect(await problemOf(response)).toMatchObject({ status: 429, code: 'too-many-requests' });
    expect((await first).status).toBe(408);
  });
});
