import type { Adapter } from '#adapters';
import { decodePayload, fromBinaryHeaders, sourceUrn, type SourceSetting } from '#canonical';
import { judgeEvent, type Grounds, type Refusal, type SourceRecord } from './judge-event.js';

const REGISTER: SourceSetting = {
  kind: 'source',
  id: 'register-a',
  huvudman: 'aaaaaaaaaaaa',
  sourceKind: 'elevregister',
  adapter: 'register',
  clients: ['vendor-a'],
  contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
};

/** Keeps `id` and `name`, drops the rest. */
const adapter: Adapter = {
  name: 'register',
  kind: 'elevregister',
  types: ['register.person.changed', 'register.person.deleted'],
  admit: ({ data }) => {
    const { id, name } = data as { id?: unknown; name?: unknown };
    if (typeof id !== 'string') {
      return { ok: false, issues: [{ pointer: '/id', says: 'must be a text' }] };
    }
    return { ok: true, objectKind: 'person', objectId: id, data: { id, name }, redacted: ['/?'] };
  },
  translate: () => ({ ok: true, facts: [] }),
  carriesFullState: () => true,
};

const grounds: Grounds = {
  clientId: 'vendor-a',
  actsFor: undefined,
  sourceSetting: (id) => (id === REGISTER.id ? REGISTER : undefined),
  adapterNamed: (name) => (name === adapter.name ? adapter : undefined),
  recordKey: (...parts) => `key of ${parts.join('/')}`,
  newTraceparent: () => '00-11111111111111111111111111111111-2222222222222222-01',
  limits: { depthMax: 5, bytesMax: 1_000 },
  looksAhead: false,
};

const good = {
  specversion: '1.0',
  id: 'e-1',
  source: sourceUrn('register-a'),
  type: 'register.person.changed',
  time: '2026-11-22T08:30:00+01:00',
  data: { id: 'p-1', name: 'Invented', photo: 'dropped' },
};

function recordOf(event: unknown): SourceRecord {
  const verdict = judgeEvent(event, grounds);
  if (verdict.verdict !== 'accepted') throw new Error(`refused: ${JSON.stringify(verdict)}`);
  return verdict.record;
}

function refusalOf(event: unknown, given: Grounds = grounds): Refusal {
  const verdict = judgeEvent(event, given);
  if (verdict.verdict !== 'refused') throw new Error('accepted');
  return verdict;
}

describe('An event that a vendor may send', () => {
  it('becomes a record of its kind of source, keyed by the object it is about', () => {
    const record = recordOf(good);
    expect(record.topic).toBe('source.elevregister');
    expect(record.key).toBe('key of register-a/person/p-1');
  });

  it('keeps its attributes as headers, and its time as the vendor wrote it', () => {
    const read = fromBinaryHeaders(
      recordOf({ ...good, sequence: '0007', dataschema: 'urn:x:1' }).headers,
    );
    expect(read).toEqual({
      ok: true,
      envelope: {
        id: 'e-1',
        source: 'urn:elevnav:source:register-a',
        type: 'register.person.changed',
        time: '2026-11-22T08:30:00+01:00',
        dataschema: 'urn:x:1',
        sequence: '0007',
        traceparent: '00-11111111111111111111111111111111-2222222222222222-01',
        datacontenttype: 'application/json',
      },
    });
  });

  it('is stored as the adapter admitted it, without what the adapter drops', () => {
    expect(decodePayload(Buffer.from(recordOf(good).value))).toEqual({
      ok: true,
      data: { id: 'p-1', name: 'Invented' },
    });
  });

  it('is told which of its data is not kept, without a name or a value of it', () => {
    const verdict = judgeEvent(good, grounds);
    expect(verdict).toMatchObject({ verdict: 'accepted', redacted: ['/?'] });
  });

  it('keeps a trace that was begun elsewhere, and gets a new one in place of a broken one', () => {
    const begun = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(recordOf({ ...good, traceparent: begun }).headers.ce_traceparent).toBe(begun);
    expect(recordOf({ ...good, traceparent: 'x' }).headers.ce_traceparent).toMatch(/^00-1{32}/);
  });

  it('cannot bring a subject, a huvudman, a cause or unknown extensions into the headers', () => {
    const { headers } = recordOf({
      ...good,
      subject: '20110101-2380',
      huvudman: 'bbbbbbbbbbbb',
      causationid: 'urn:x y',
      partitionkey: 'p',
      nickname: 'Invented',
    });
    expect(Object.keys(headers).sort()).toEqual([
      'ce_id', 'ce_source', 'ce_specversion', 'ce_time', 'ce_traceparent', 'ce_type', 'content-type',
    ]); // prettier-ignore
  });

  it('is not judged by its content, unless somebody asks before sending: then all that would be parked for is named', () => {
    const faulty: Adapter = {
      ...adapter,
      translate: () => ({ ok: false, issues: [{ pointer: '/name', says: 'must be there' }] }),
    };
    const by = { ...grounds, adapterNamed: () => faulty };
    expect(judgeEvent(good, by)).not.toHaveProperty('foreseen');
    expect(judgeEvent(good, { ...by, looksAhead: true })).toMatchObject({
      verdict: 'accepted',
      foreseen: [{ pointer: '/data/name', says: 'must be there' }],
    });
    expect(judgeEvent(good, { ...grounds, looksAhead: true })).not.toHaveProperty('foreseen');
  });

  it('may leave its time out', () => {
    expect(recordOf({ ...good, time: undefined }).headers).not.toHaveProperty('ce_time');
  });
});

describe('An event is refused', () => {
  it.each([null, [], [good], 'text', 7, true, undefined, Symbol('x')])('when it is %p', (event) => {
    expect(refusalOf(event).code).toBe('not-an-event');
  });

  it.each([
    ['specversion', '0.3'], ['id', ''], ['id', 7], ['id', 'x'.repeat(201)], ['id', 'a\nb'], ['id', '\ud800'],
    ['source', undefined], ['source', 'urn x'], ['type', {}], ['type', 'x'.repeat(201)],
    ['time', 'yesterday'], ['time', '2026-11-22'], ['time', '2026-11-22T08:30:00'], ['time', '2026-02-30T08:30:00Z'],
    ['time', '2026-13-01T08:30:00Z'], ['sequence', 7], ['dataschema', 'a b'], ['datacontenttype', 'text/xml'],
    ['datacontenttype', 'application/json; charset=latin1'], ['data', undefined], ['data', null], ['data', []], ['data', 'text'],
  ])('when its %s is %p', (name, value) => {
    const refusal = refusalOf({ ...good, [name]: value });
    expect(refusal.code).toBe('bad-attribute');
    expect(refusal.issues.map(({ pointer }) => pointer)).toEqual([`/${name}`]);
  }); // prettier-ignore

  it('with all faulty attributes named at once', () => {
    const refusal = refusalOf({ specversion: '1.0', data_base64: 'AA==' });
    expect(refusal.issues.map(({ pointer }) => pointer)).toEqual([
      '/id', '/source', '/type', '/data_base64',
    ]); // prettier-ignore
  });

  it('when the source is not there or another vendor’s, with the same words for both', () => {
    const notThere = refusalOf({ ...good, source: sourceUrn('register-b') });
    const notYours = refusalOf(good, { ...grounds, clientId: 'vendor-b' });
    expect(refusalOf(good, { ...grounds, actsFor: 'another' })).toEqual(notYours);
    expect(notThere.code).toBe('not-your-source');
    expect(notYours).toEqual(notThere);
  });

  it('without a word in the trail when the source is not the caller’s own', () => {
    expect(refusalOf(good, { ...grounds, clientId: 'vendor-b' })).not.toHaveProperty('cause');
  });

  it('when the source is not one of ours by its form', () => {
    expect(refusalOf({ ...good, source: 'https://register.example' }).code).toBe('not-your-source');
  });

  it('when its type is unknown, with the types that are known', () => {
    const refusal = refusalOf({ ...good, type: 'register.teacher.changed' });
    expect(refusal.code).toBe('unknown-type');
    expect(refusal.issues[0]?.says).toContain('register.person.changed, register.person.deleted');
  });

  it('when the settings of the source name no adapter of its kind', () => {
    const missing = { ...grounds, adapterNamed: () => undefined };
    const otherKind = {
      ...grounds,
      adapterNamed: () => ({ ...adapter, kind: 'absence' as const }),
    };
    expect(refusalOf(good, missing).code).toBe('source-not-ready');
    expect(refusalOf(good, otherKind).code).toBe('source-not-ready');
  });

  it('when the adapter refuses, with pointers into the event', () => {
    const refusal = refusalOf({ ...good, data: { id: 7 } });
    expect(refusal.code).toBe('bad-data');
    expect(refusal.issues).toEqual([{ pointer: '/data/id', says: 'must be a text' }]);
  });

  it('when its data is larger or deeper than allowed', () => {
    const large = { id: 'p', photo: 'x'.repeat(1_000) };
    const deep = { id: 'p', a: { b: { c: { d: { e: {} } } } } };
    expect(refusalOf({ ...good, data: large }).code).toBe('data-too-large');
    expect(refusalOf({ ...good, data: deep }).code).toBe('data-too-deep');
  });

  it.each(['a\u0000b', 'a\ud800b', 'a\udfffb', 'the six characters \\u0000'])(
    'when a text in it cannot be stored or read again: %j',
    (name) => {
      expect(refusalOf({ ...good, data: { id: 'p', name } }).code).toBe('bad-data');
    },
  );

  it('but not for a backslash that only looks like half a character', () => {
    expect(recordOf({ ...good, data: { id: 'p', name: 'C:\\ud83d' } }).topic).toBeDefined();
    expect(recordOf({ ...good, data: { id: 'p', name: 'tab\u0001' } }).topic).toBeDefined();
  });

  it('without any value of the payload in what is told', () => {
    const told = JSON.stringify(
      refusalOf({ ...good, time: 'CANARY', data: { id: { n: 'CANARY' } } }),
    );
    expect(told).not.toContain('CANARY');
  });
});
