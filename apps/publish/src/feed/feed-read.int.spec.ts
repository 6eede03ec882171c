import { randomUUID } from 'node:crypto';
import { formatSequence, settingKey, sourceUrn, toBinaryHeaders, type Setting } from '#canonical';
import { bootStage, type BootedStage } from '#runtime';
import { Stage, stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { PublishModule } from '../publish.module.js';
import { decodeCursor } from './feed-cursor.js';

const MALMO = 'malmo00001';
const KUNSKAP = 'kunskap001';
const SAYS = { client: 'vendor-of-two', huvudman: MALMO, role: 'system', outcome: 'done' };

interface Page {
  readonly events: readonly { readonly subject: string }[];
  readonly cursor: string;
  readonly more: boolean;
}

function huvudman(id: string): Setting {
  return {
    kind: 'huvudman',
    id,
    displayName: id,
    organisationNumber: '2120001124',
    owner: 'municipal',
    subscriberClients: ['vendor-of-two'],
  };
}

describe('who has read the feed', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let token: string;
  let told = 0;

  const ask = (query: string) =>
    fetch(`${booted.url}/v1/feed?huvudman=${MALMO}${query}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const read = async (query: string): Promise<Page> => {
    const answer = await ask(query);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Page;
  };
  /** A pupil of the huvudman is heard of for the first time. */
  const tells = async (): Promise<void> => {
    const id = randomUUID();
    const enrolment = {
      id: randomUUID(),
      source: 'register-malmo',
      huvudman: MALMO,
      schoolUnit: '12345678',
      schoolType: 'GR',
      schoolYear: 9,
      startDate: '2026-08-18',
      cancelled: false,
    };
    const person = {
      id,
      securityMarking: 'Ingen',
      personStatus: 'Aktiv',
      standing: 'present',
      eppns: [],
      enrolments: [enrolment],
      duties: [],
      tests: [],
    };
    const headers = toBinaryHeaders({
      id: randomUUID(),
      source: 'urn:elevnav:normalise',
      type: 'se.elevnav.person.updated',
      subject: id,
      sequence: formatSequence(1, ++told),
      causationid: `${sourceUrn('register-malmo')} ${told}`,
    });
    const value = JSON.stringify({ person, change: { fields: ['enrolments'] } });
    await services.produce('canonical.events', [{ key: id, value, headers }]);
  };
  const audited = () =>
    services.query<{ detail: string }>(
      `select client, huvudman, role, outcome, about, detail from publish.audit where action = 'feed.read' order by number`,
    );
  const placeOf = ({ cursor }: Page): string => {
    const { epoch, position } = decodeCursor(MALMO, cursor)!;
    return `${epoch}:${position}`;
  };
  const entry = (from: string, to: Page, count: number) => ({
    ...SAYS,
    about: `feed/${MALMO}`,
    detail: `after ${from} to ${placeOf(to)}, count ${count}`,
  });

  beforeAll(async () => {
    services = await ownServices('feed-read');
    booted = await bootStage(PublishModule, {
      stage: 'publish',
      environment: { ...services.environment, LOG_LEVEL: 'silent' },
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
    await services.produce(
      'admin.settings',
      [MALMO, KUNSKAP].map((id) => {
        const setting = huvudman(id);
        return { key: settingKey(setting), value: JSON.stringify(setting) };
      }),
    );
    token = await accessToken('vendor-of-two', ['feed:read'], { huvudman: MALMO, role: 'system' });
    await eventually(async () => expect((await ask('')).status).toBe(200));
    for (let pupil = 0; pupil < 5; pupil++) await tells();
    await eventually(async () => {
      const rows = await services.query('select 1 from publish.feed');
      expect(rows).toHaveLength(5);
    });
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('has an entry of each page: by which client, of whose feed, from where to where, and how many events', async () => {
    expect(await audited()).toEqual([]);
    const first = await read('&limit=2');
    const second = await read(`&limit=2&after=${first.cursor}`);
    const third = await read(`&limit=2&after=${second.cursor}`);
    expect([first, second, third].map(({ more }) => more)).toEqual([true, true, false]);
    expect(await audited()).toEqual([
      entry('0:0', first, 2),
      entry(placeOf(first), second, 2),
      entry(placeOf(second), third, 1),
    ]);
  });

  it('a token that acts for one huvudman opens no other’s feed, and needs not say which', async () => {
    const headers = { authorization: `Bearer ${token}` };
    const other = await fetch(`${booted.url}/v1/feed?huvudman=${KUNSKAP}`, { headers });
    expect(other.status).toBe(403);
    expect((await fetch(`${booted.url}/v1/feed?limit=1`, { headers })).status).toBe(200);
  });

  it('has none of a page without events, nor of a question that is refused', async () => {
    const { cursor } = await read('&limit=1000');
    const before = await audited();
    expect((await read(`&after=${cursor}`)).events).toEqual([]);
    expect((await read(`&after=${cursor}&wait=1`)).events).toEqual([]);
    expect((await ask('&limit=0')).status).toBe(400);
    expect((await ask('&after=x')).status).toBe(400);
    expect(await audited()).toEqual(before);
  });

  it('has one of a reader who waited, once there was news', async () => {
    const end = await read('&limit=1000');
    const before = (await audited()).length;
    const waiting = read(`&after=${end.cursor}&wait=30`);
    await tells();
    const news = await waiting;
    expect((await audited()).slice(before)).toEqual([entry(placeOf(end), news, 1)]);
  });

  it('is found by whose feed it was, names no person, and cannot be altered unseen', async () => {
    const { events } = await read('&limit=1000');
    const reader = await accessToken('feed-auditor', ['admin:read']);
    const answer = await fetch(`${booted.url}/v1/audit?about=feed/${MALMO}&limit=1`, {
      headers: { authorization: `Bearer ${reader}` },
    });
    const { entries } = (await answer.json()) as { entries: readonly object[] };
    expect(entries).toMatchObject([{ ...SAYS, action: 'feed.read', about: `feed/${MALMO}` }]);
    const rows = JSON.stringify(await services.query('select * from publish.audit'));
    for (const { subject } of events) expect(rows).not.toContain(subject);
    const { audit } = booted.app.get(Stage, { strict: false });
    const whole = { after: 0, limit: 1_000_000 };
    expect(await audit.verify(whole)).toMatchObject({ intact: true });
    await services.query(
      `update publish.audit set detail = replace(detail, 'count 2', 'count 1') where number = 1`,
    );
    expect(await audit.verify(whole)).toMatchObject({ broken: { number: 1, fault: 'altered' } });
  });

  it('nobody gets a page of which the audit could not be told', async () => {
    await services.query(
      'alter table publish.audit add constraint refuses check (about is null) not valid',
    );
    try {
      const refused = await ask('&limit=1');
      expect(refused.status).toBe(500);
      expect(await refused.json()).not.toHaveProperty('events');
    } finally {
      await services.query('alter table publish.audit drop constraint refuses');
    }
    expect((await read('&limit=1')).events).toHaveLength(1);
  });
});
