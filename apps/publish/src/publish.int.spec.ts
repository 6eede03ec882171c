import { randomUUID } from 'node:crypto';
import {
  eventId,
  formatSequence,
  huvudmanTopic,
  settingKey,
  sourceUrn,
  toBinaryHeaders,
  type HuvudmanSetting,
  type PersonState,
  type Setting,
} from '#canonical';
import { bootStage, type BootedStage } from '#runtime';
import { stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices, type ReadBack } from '#testing';
import { toldFaults } from '../test/told-faults.js';
import { encodeCursor } from './feed/feed-cursor.js';
import { FeedStore } from './feed/feed.store.js';
import { PublishModule } from './publish.module.js';

const MALMO = huvudman('malmo00001', ['malmo-reader', 'vendor-reader']);
const KUNSKAP = huvudman('kunskap001', ['kunskap-reader', 'vendor-reader']);
const SETTINGS: Setting[] = [
  MALMO,
  KUNSKAP,
  source('register-malmo', MALMO.id),
  source('register-kunskap', KUNSKAP.id),
];

function huvudman(id: string, subscriberClients: string[]): HuvudmanSetting {
  return {
    kind: 'huvudman',
    id,
    displayName: id,
    organisationNumber: '2120001124',
    owner: 'municipal',
    subscriberClients,
  };
}

function source(id: string, owner: string): Setting {
  return {
    kind: 'source',
    id,
    huvudman: owner,
    sourceKind: 'elevregister',
    adapter: 'ss12000',
    clients: [],
    contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
  };
}

/** A pupil of either or both huvudmän, as normalise tells of it. */
function pupil(
  id: string,
  owners: readonly string[],
  more: Partial<PersonState> = {},
): PersonState {
  return {
    id,
    securityMarking: 'Ingen',
    personStatus: 'Aktiv',
    standing: 'present',
    eppns: [],
    enrolments: owners.map((owner) => ({
      id: eventId(id, 'enrolment', owner, 0),
      source: `register-${owner.slice(0, -5)}`,
      huvudman: owner,
      schoolUnit: owner === MALMO.id ? '12345678' : '87654321',
      schoolType: 'GR' as const,
      schoolYear: 9,
      startDate: '2026-08-18',
      cancelled: false,
    })),
    duties: [],
    tests: [],
    ...more,
  };
}

interface Sent {
  readonly number: number;
  readonly causedBy?: string;
  readonly type?: string;
  readonly id?: string;
  readonly subject?: string;
  readonly change?: object;
}

const UPDATED = { fields: ['enrolments'] };

interface Feed {
  readonly events: {
    id: string;
    type: string;
    subject: string;
    sequence: string;
    causationid?: string;
    data: unknown;
  }[];
  readonly cursor: string;
  readonly more: boolean;
}

describe('publish, on real services', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let malmoToken: string;

  const personRecord = (
    person: PersonState,
    { number, causedBy = 'register-malmo', type, id, subject = person.id, change = UPDATED }: Sent,
  ) => ({
    key: subject,
    value: JSON.stringify({ person, change }),
    headers: toBinaryHeaders({
      id: id ?? randomUUID(),
      source: 'urn:elevnav:normalise',
      type: type ?? 'se.elevnav.person.updated',
      subject,
      sequence: formatSequence(1, number),
      time: '2026-11-20T08:00:00.123Z',
      causationid: `${sourceUrn(causedBy)} ${number}`,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    }),
  });
  const accessRecord = (
    person: string,
    number: number,
    change: object,
    type = 'se.elevnav.access.granted',
    more: object = {},
  ) => ({
    key: person,
    value: JSON.stringify({
      person,
      securityMarking: 'Ingen',
      access: { entries: [], standings: [], tests: [] },
      change,
      ...more,
    }),
    headers: toBinaryHeaders({
      id: randomUUID(),
      source: 'urn:elevnav:test-access',
      type,
      subject: person,
      sequence: formatSequence(1, number),
      causationid: `${sourceUrn('register-kunskap')} ${number}`,
    }),
  });
  const entry = (owner: string) => ({
    id: randomUUID(),
    huvudman: owner,
    schoolUnit: owner === MALMO.id ? '12345678' : '87654321',
    role: 'pupil',
    eppn: 'abc@example.se',
    home: true,
    held: 'enrolment',
    since: '2026-11-20T08:00:00Z',
    requiredAssurance: 'none',
    because: { rule: 'rule 1', cause: 'urn:elevnav:source:register-kunskap 1' },
  });
  const tellCanonical = (...records: ReturnType<typeof personRecord>[]) =>
    services.produce('canonical.events', records);
  const tellAccess = (...records: ReturnType<typeof accessRecord>[]) =>
    services.produce('access.events', records);

  const ask = (token: string, query = '') =>
    fetch(`${booted.url}/v1/feed${query}`, { headers: { authorization: `Bearer ${token}` } });
  const read = async (token: string, query = ''): Promise<Feed> => {
    const answer = await ask(token, query);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Feed;
  };
  /** The whole feed, page by page. */
  const readWhole = async (token: string, limit = 1_000): Promise<Feed['events']> => {
    const events: Feed['events'] = [];
    for (let after = ''; ;) {
      const page = await read(token, `?limit=${limit}${after}`);
      events.push(...page.events);
      if (!page.more) return events;
      after = `&after=${page.cursor}`;
    }
  };
  const topicOf = (owner: HuvudmanSetting): Promise<ReadBack[]> =>
    services.readAll(huvudmanTopic(owner.id));
  const isNow = async (token: string, events: number) => {
    expect(await readWhole(token)).toHaveLength(events);
  };
  const boot = () =>
    bootStage(PublishModule, {
      stage: 'publish',
      environment: services.environment,
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });

  beforeAll(async () => {
    services = await ownServices('publish');
    booted = await boot();
    await services.produce(
      'admin.settings',
      SETTINGS.map((setting) => ({ key: settingKey(setting), value: JSON.stringify(setting) })),
    );
    malmoToken = await accessToken('malmo-reader', ['feed:read']);
    await eventually(async () => expect((await ask(malmoToken)).status).toBe(200));
  });

  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('tells each huvudman its own part under its own id, and where it came from only to whose source it was', async () => {
    const id = randomUUID();
    await tellCanonical(personRecord(pupil(id, [MALMO.id, KUNSKAP.id]), { number: 1 }));
    const kunskapToken = await accessToken('kunskap-reader', ['feed:read']);
    await eventually(async () => {
      await isNow(malmoToken, 1);
      await isNow(kunskapToken, 1);
    });
    const [malmo] = await readWhole(malmoToken);
    const [kunskap] = await readWhole(kunskapToken);
    expect(malmo!.subject).not.toBe(kunskap!.subject);
    expect(JSON.stringify([malmo, kunskap])).not.toContain(id);
    expect(malmo).toMatchObject({
      source: 'urn:elevnav:publish',
      huvudman: MALMO.id,
      causationid: 'urn:elevnav:source:register-malmo 1',
      traceparent: expect.stringContaining('0af765') as string,
      time: '2026-11-20T08:00:00.123Z',
      sequence: expect.stringMatching(/^\d{10}-0{15}1$/) as string,
    });
    expect(kunskap).not.toHaveProperty('causationid');
    expect(kunskap).not.toHaveProperty('traceparent');
    expect(kunskap).not.toMatchObject({ time: '2026-11-20T08:00:00.123Z' });
  });

  it('drops what was seen before and what is older, and says so', async () => {
    const id = randomUUID();
    const person = pupil(id, [MALMO.id]);
    const before = (await readWhole(malmoToken)).length;
    await tellCanonical(
      personRecord(person, { number: 5 }),
      personRecord(person, { number: 5 }),
      personRecord(person, { number: 4 }),
      personRecord(person, { number: 6 }),
    );
    await eventually(() => isNow(malmoToken, before + 2));
    const [counted] = await services.query<{ events: number }>(
      `select count(*)::int as events from publish.filtered where outcome = 'filtered:older'`,
    );
    expect(counted!.events).toBe(2);
  });

  it('remembers an event that nobody was told of, so that an older one cannot come after it', async () => {
    const id = randomUUID();
    const before = (await readWhole(malmoToken)).length;
    await tellCanonical(
      personRecord(pupil(id, []), { number: 9, causedBy: 'nobody' }),
      personRecord(pupil(id, [MALMO.id]), { number: 8 }),
      personRecord(pupil(id, [MALMO.id]), { number: 10 }),
    );
    await eventually(() => isNow(malmoToken, before + 1));
    expect((await readWhole(malmoToken)).at(-1)).toMatchObject({
      causationid: 'urn:elevnav:source:register-malmo 10',
    });
  });

  it('a pupil who leaves is told to the old huvudman once more, and then no longer', async () => {
    const id = randomUUID();
    const kunskapToken = await accessToken('kunskap-reader', ['feed:read']);
    const before = (await readWhole(malmoToken)).length;
    const beforeAtKunskap = (await readWhole(kunskapToken)).length;
    await tellCanonical(
      personRecord(pupil(id, [MALMO.id, KUNSKAP.id]), { number: 1 }),
      personRecord(pupil(id, [KUNSKAP.id]), { number: 2, type: 'se.elevnav.person.withdrawn' }),
      personRecord(pupil(id, [KUNSKAP.id]), { number: 3, causedBy: 'register-kunskap' }),
    );
    // The third event has been handled once the new huvudman has it, and the relay sends in order.
    await eventually(() => isNow(kunskapToken, beforeAtKunskap + 2));
    const types = (await readWhole(malmoToken)).slice(before).map(({ type }) => type);
    expect(types).toEqual(['se.elevnav.person.registered', 'se.elevnav.person.withdrawn']);
  });

  it('a move over two huvudmän is a grant to one and a revocation to the other', async () => {
    const before = (await readWhole(malmoToken)).length;
    const change = { entry: entry(KUNSKAP.id), from: entry(MALMO.id) };
    await tellAccess(accessRecord(randomUUID(), 1, change, 'se.elevnav.access.moved'));
    await eventually(() => isNow(malmoToken, before + 1));
    const told = (await readWhole(malmoToken)).at(-1)!;
    expect(told).toMatchObject({ type: 'se.elevnav.access.revoked', schoolunit: '12345678' });
    expect(JSON.stringify(told)).not.toContain('87654321');
  });

  it('a replay of access tells each huvudman again, also after the store was lost, its own part and nothing else', async () => {
    const id = randomUUID();
    const entries = [entry(MALMO.id), entry(KUNSKAP.id)];
    const granted = (...numbers: number[]) =>
      tellAccess(
        ...numbers.map((number, index) =>
          accessRecord(id, number, { entry: entries[index] }, 'se.elevnav.access.granted', {
            access: { entries, standings: [], tests: [] },
          }),
        ),
      );
    const heard = async (owner: HuvudmanSetting, own: object) =>
      (await topicOf(owner))
        .map(({ headers, value }) => ({ sequence: headers.ce_sequence!, data: value! }))
        .filter(({ data }) => data.includes((own as { id: string }).id))
        .map(({ sequence, data }) => ({ sequence, ...(JSON.parse(data) as { access: object }) }));
    const bothHeard = (times: number) =>
      eventually(async () => {
        const both = await Promise.all([heard(MALMO, entries[0]!), heard(KUNSKAP, entries[1]!)]);
        expect(both.map(({ length }) => length)).toEqual([times, times]);
        return both;
      });
    await granted(1, 2);
    await bothHeard(1);
    await granted(3, 4);
    for (const [first, again] of await bothHeard(2)) {
      expect(again!.sequence > first!.sequence).toBe(true);
      expect(again!.access).toEqual(first!.access);
    }
    await services.query('delete from publish.view where hub_subject = $1', [id]);
    await services.query('update publish.epoch set epoch = extract(epoch from now())::bigint');
    await granted(5, 6);
    for (const [index, [first, again, anew]] of (await bothHeard(3)).entries()) {
      expect(anew!.sequence > again!.sequence).toBe(true);
      expect(anew!.access).toEqual(first!.access);
      expect(JSON.stringify(anew)).not.toContain(entries[1 - index]!.id);
    }
  });

  it('two records that were one person stay, for each huvudman, the pupil whom it knows', async () => {
    const [gone, stays] = [randomUUID(), randomUUID()];
    const kunskapToken = await accessToken('kunskap-reader', ['feed:read']);
    const [malmoBefore, kunskapBefore] = [
      (await readWhole(malmoToken)).length,
      (await readWhole(kunskapToken)).length,
    ];
    await tellCanonical(
      personRecord(pupil(gone, [KUNSKAP.id]), { number: 1, causedBy: 'register-kunskap' }),
      personRecord(pupil(stays, [MALMO.id]), { number: 1 }),
    );
    await eventually(() => isNow(malmoToken, malmoBefore + 1));
    await eventually(() => isNow(kunskapToken, kunskapBefore + 1));
    const known = (await readWhole(kunskapToken)).at(-1)!.subject;
    const formerIds = [gone];
    // What test-access says of it may come before normalise's own word, and old news of the one that is gone after it.
    await tellAccess(
      accessRecord(stays, 1, { entry: entry(KUNSKAP.id) }, undefined, { formerIds }),
    );
    await eventually(() => isNow(kunskapToken, kunskapBefore + 2));
    const both = pupil(stays, [MALMO.id, KUNSKAP.id], { formerIds });
    both.enrolments[1]!.id = eventId(gone, 'enrolment', KUNSKAP.id, 0);
    const merged = { from: gone, fromNumber: 3, into: stays, intoNumber: 2 };
    const type = 'se.elevnav.person.merged';
    await tellCanonical(
      personRecord(pupil(gone, [KUNSKAP.id]), { number: 2, causedBy: 'register-kunskap' }),
      personRecord(both, { number: 2, type, change: { merged } }),
      personRecord(both, { number: 3, type, change: { merged }, subject: gone }),
      personRecord(both, { number: 3, causedBy: 'register-kunskap' }),
    );
    await eventually(() => isNow(kunskapToken, kunskapBefore + 3));
    const told = (await readWhole(kunskapToken)).slice(kunskapBefore);
    expect(told.map(({ subject }) => subject)).toEqual([known, known, known]);
    expect(told.map(({ type: wire }) => wire)).toEqual([
      'se.elevnav.person.registered',
      'se.elevnav.access.granted',
      'se.elevnav.person.updated',
    ]);
    await isNow(malmoToken, malmoBefore + 1);
  });

  it('a person who was two is, for the huvudman that goes, still the pupil whom it knows', async () => {
    const [whole, part] = [randomUUID(), randomUUID()];
    const kunskapToken = await accessToken('kunskap-reader', ['feed:read']);
    const before = (await readWhole(kunskapToken)).length;
    await tellCanonical(personRecord(pupil(whole, [MALMO.id, KUNSKAP.id]), { number: 1 }));
    await eventually(() => isNow(kunskapToken, before + 1));
    const known = (await readWhole(kunskapToken)).at(-1)!.subject;
    const theirs = pupil(part, [KUNSKAP.id], { splitFrom: { id: whole, huvudmen: [KUNSKAP.id] } });
    theirs.enrolments[0]!.id = eventId(whole, 'enrolment', KUNSKAP.id, 0);
    const numbers = { from: whole, fromNumber: 2, apart: part, apartNumber: 1 };
    const type = 'se.elevnav.person.separated';
    const rest = pupil(whole, [MALMO.id]);
    const malmoNow = (await readWhole(malmoToken)).length;
    await tellCanonical(
      personRecord(rest, { number: 2, type, change: { separated: { ...numbers, other: theirs } } }),
      personRecord(theirs, { number: 1, type, change: { separated: { ...numbers, other: rest } } }),
      personRecord(theirs, { number: 2, causedBy: 'register-kunskap' }),
    );
    await eventually(() => isNow(kunskapToken, before + 2));
    expect((await readWhole(kunskapToken)).at(-1)).toMatchObject({
      subject: known,
      causationid: 'urn:elevnav:source:register-kunskap 2',
    });
    await isNow(malmoToken, malmoNow);

    // With a school unit the rest comes to the same huvudman after all: to it, that is somebody else.
    const again = await readWhole(kunskapToken);
    await tellCanonical(personRecord(pupil(whole, [MALMO.id, KUNSKAP.id]), { number: 3 }));
    await eventually(() => isNow(kunskapToken, again.length + 1));
    const stranger = (await readWhole(kunskapToken)).at(-1)!;
    expect(again.map(({ subject }) => subject)).not.toContain(stranger.subject);
    expect(stranger.subject).not.toBe(known);
  });

  it('parks what breaks its own contract, naming the place and not the value', async () => {
    const person = pupil(randomUUID(), [MALMO.id], { securityMarking: 'secret-value' as never });
    const [bad] = [personRecord(person, { number: 1 })];
    await tellCanonical(bad, {
      ...bad,
      key: randomUUID(),
      headers: { ...bad.headers, ce_type: 'se.elevnav.person.cloned' },
    });
    await eventually(async () => {
      const parked = await services.query<{ code: string; issues: unknown }>(
        'select code, issues from publish.parked',
      );
      expect(parked.map(({ code }) => code).sort()).toEqual(['bad-data', 'unknown-type']);
      expect(JSON.stringify(parked)).toContain('/person/securityMarking');
      expect(JSON.stringify(parked)).not.toContain('secret-value');
    });
  });

  it('keeps the feed and the topic equal, in events and order, with canonical and access events of one person racing', async () => {
    const persons = Array.from({ length: 150 }, () => randomUUID());
    const canonical = [1, 2, 3].flatMap((number) =>
      persons.map((id) => personRecord(pupil(id, [MALMO.id, KUNSKAP.id]), { number })),
    );
    const access = [1, 2].flatMap((number) =>
      persons.map((id) => accessRecord(id, number, { entry: entry(MALMO.id) })),
    );
    const before = (await readWhole(malmoToken)).length;
    await Promise.all([tellCanonical(...canonical), tellAccess(...access)]);
    await eventually(() => isNow(malmoToken, before + persons.length * 5), 60_000);
    const feed = await readWhole(malmoToken, 97);
    const topic = await topicOf(MALMO);
    expect(feed.map(({ id }) => id)).toEqual(topic.map(({ headers }) => headers.ce_id));
    expect(feed.map(({ data }) => JSON.stringify(data))).toEqual(topic.map(({ value }) => value));
    expect(feed.flatMap(toldFaults)).toEqual([]);
    expect(topic.every(({ key, headers }) => key === headers.ce_subject)).toBe(true);
    const last = new Map<string, string>();
    for (const { subject, sequence } of feed) {
      expect(sequence > (last.get(subject) ?? '')).toBe(true);
      last.set(subject, sequence);
    }
  }, 90_000);

  it('goes on after a restart where it was, with nothing told twice', async () => {
    const before = (await readWhole(malmoToken)).length;
    await booted.stop();
    await tellCanonical(personRecord(pupil(randomUUID(), [MALMO.id]), { number: 1 }));
    booted = await boot();
    await eventually(() => isNow(malmoToken, before + 1));
  });

  it('lets a huvudman’s own clients read its topic, in groups of its own names, and nobody else', async () => {
    const admin = services.kafka.admin();
    await admin.connect();
    try {
      const { resources } = await admin.describeAcls({
        resourceType: 2,
        resourceName: services.prefix + huvudmanTopic(MALMO.id),
        resourcePatternType: 3,
        operation: 3,
        permissionType: 3,
      });
      const readers = resources.flatMap(({ acls }) => acls.map(({ principal }) => principal));
      expect(readers.sort()).toEqual(['User:malmo-reader', 'User:vendor-reader']);
    } finally {
      await admin.disconnect();
    }
  });

  describe('the feed', () => {
    it('waits for news and gives it at once', async () => {
      const { cursor } = await read(malmoToken, '?limit=1000').then(async (page) => {
        let last = page;
        while (last.more) last = await read(malmoToken, `?limit=1000&after=${last.cursor}`);
        return last;
      });
      const startedMs = performance.now();
      const waiting = read(malmoToken, `?after=${cursor}&wait=30`);
      await tellCanonical(personRecord(pupil(randomUUID(), [MALMO.id]), { number: 1 }));
      const page = await waiting;
      expect(page.events).toHaveLength(1);
      expect(page.more).toBe(false);
      expect(performance.now() - startedMs).toBeLessThan(10_000);
      const empty = await read(malmoToken, `?after=${page.cursor}&wait=1`);
      expect(empty).toEqual({ events: [], cursor: page.cursor, more: false });
    });

    it('is for the huvudman’s clients; one that serves several names which', async () => {
      const stranger = await accessToken('feed-stranger', ['feed:read']);
      expect((await ask(stranger)).status).toBe(403);
      expect((await ask(malmoToken, `?huvudman=${KUNSKAP.id}`)).status).toBe(403);
      const vendor = await accessToken('vendor-reader', ['feed:read']);
      const unclear = await ask(vendor);
      expect(unclear.status).toBe(400);
      expect(await unclear.json()).toMatchObject({ type: 'urn:elevnav:problem:huvudman-needed' });
      expect((await ask(vendor, `?huvudman=${KUNSKAP.id}`)).status).toBe(200);
      expect((await fetch(`${booted.url}/v1/feed`)).status).toBe(401);
      const other = await accessToken('malmo-reader-without-scope', ['events:write']);
      expect((await ask(other)).status).toBe(403);
    });

    it('refuses a cursor that is none, or another’s, and parameters beyond their limits', async () => {
      const { cursor } = await read(malmoToken, '?limit=1');
      const vendor = await accessToken('vendor-reader', ['feed:read']);
      for (const query of [
        '?after=%00',
        '?after=abc',
        '?limit=1001',
        '?limit=0',
        '?wait=31',
        '?wait=x',
        '?more=1',
      ]) {
        expect((await ask(malmoToken, query)).status).toBe(400);
      }
      expect((await ask(vendor, `?huvudman=${KUNSKAP.id}&after=${cursor}`)).status).toBe(400);
    });

    it('says that a cursor is gone when what follows it has been forgotten, or was undone by a restore', async () => {
      const { cursor } = await read(malmoToken, '?limit=1');
      const [end] = await services.query<{ epoch: string }>(
        'select epoch from publish.feed_end where huvudman = $1',
        [MALMO.id],
      );
      // A place that nobody was given: the feed may have gone on from the epoch before.
      const place = { epoch: Number(end!.epoch) - 1, position: 1_000_000 };
      const undone = encodeCursor(MALMO.id, place);
      expect((await ask(malmoToken, `?after=${undone}`)).status).toBe(410);
      await services.query(
        `update publish.feed set at = now() - interval '8 days' where huvudman = $1 and position <= 10`,
        [MALMO.id],
      );
      const feed = booted.app.get(FeedStore, { strict: false });
      expect(await feed.forget(7, 4)).toBe(4);
      expect(await feed.forget(7, 100)).toBe(6);
      const gone = await ask(malmoToken, `?after=${cursor}`);
      expect(gone.status).toBe(410);
      expect(await gone.json()).toMatchObject({ type: 'urn:elevnav:problem:cursor-gone' });
      const beyond = encodeCursor(MALMO.id, { epoch: 2 ** 31 - 1, position: 1 });
      expect((await ask(malmoToken, `?after=${beyond}`)).status).toBe(410);
      expect((await read(malmoToken, '?limit=1')).events).toHaveLength(1);
    });
  });
});
