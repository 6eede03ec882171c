import { Controller, Module } from '@nestjs/common';
import { toBinaryHeaders } from '#canonical';
import { AuthenticationModule, bootStage, type BootedStage } from '#runtime';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { BatchHandler, Stage, StageModule, obeyRetries, stageTransport, type EventBatch } from '../index.js'; // prettier-ignore

const TOPIC = 'source.elevregister';
const OTHER = 'source.absence';
const MINE = { STAGE_TOPICS: `${TOPIC},admin.commands` };
const BUGS = `${TOPIC} TypeError`;
const FROM = 'urn:elevnav:source:spec';

/** Has a fault until it is mended; each handler handles events of one topic only. */
@Controller()
class FaultyHandler {
  static isMended = false;
  static readonly handled: string[] = [];

  constructor(private readonly stage: Stage) {}

  @BatchHandler({ stage: 'normalise', groups: [[TOPIC], [OTHER]] })
  handle({ events, unit }: EventBatch): Promise<void> {
    for (const { data } of events) {
      const { meets } = data as { meets?: string };
      if (meets === 'fault' && !FaultyHandler.isMended) throw new TypeError('a fault');
    }
    for (const event of events) {
      const { meets } = event.data as { meets?: string };
      if (meets === 'bad') unit.park(event, { code: 'bad-data', causeGroup: 'bad', issues: [] });
      else FaultyHandler.handled.push(event.envelope.id);
    }
    return Promise.resolve();
  }

  @BatchHandler({ stage: 'normalise', groups: [['admin.commands']] })
  obey({ events, unit }: EventBatch): Promise<void> {
    return obeyRetries(events, unit, this.stage);
  }
}

@Module({
  imports: [
    StageModule.register({ stage: 'normalise', migrations: [] }),
    AuthenticationModule.register(),
  ],
  controllers: [FaultyHandler],
})
class FaultyModule {}

describe('what a stage has parked, tried again because an administrator asks for it', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let token: string;
  let given = 0;

  const boot = (more: Record<string, string> = MINE) =>
    bootStage(FaultyModule, {
      stage: 'normalise',
      environment: { ...services.environment, LOG_LEVEL: 'silent', ...more },
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  const send = (id: string, key: string, data: unknown = {}) =>
    services.produce(TOPIC, [
      {
        key,
        value: JSON.stringify(data),
        headers: toBinaryHeaders({ id, source: FROM, type: 't' }),
      },
    ]);
  const get = async (path: string, authorization = `Bearer ${token}`) => {
    const answer = await fetch(`${booted.url}/v1/${path}`, { headers: { authorization } });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const command = async (what: object, as: object = {}): Promise<void> => {
    const headers = toBinaryHeaders({
      id: `command-${++given}`,
      source: 'urn:elevnav:dashboard',
      type: 'se.elevnav.command.given',
    });
    const by = { clientId: 'registrar', subject: 'registrar', ...as };
    const value = JSON.stringify({ command: what, by, at: '2026-11-12T08:00:00Z' });
    await services.produce('admin.commands', [{ key: 'any', value, headers }]);
  };
  /** Gives a command and waits until it is applied. @returns how. */
  const retry = async (what: object, as: object = {}): Promise<string> => {
    const before = (await applied()).length;
    await command({ name: 'retry', stage: 'normalise', ...what }, as);
    return eventually(async () => {
      const now = await applied();
      expect(now).toHaveLength(before + 1);
      return now.at(-1)!.outcome;
    });
  };
  const applied = () =>
    services.query<{ outcome: string; about: string }>(
      `select outcome, about from normalise.audit where action = 'command.applied' order by number`,
    );
  const becomes = (what: object) =>
    eventually(async () => expect((await get('retry')).body).toMatchObject(what), 40_000);
  const parked = (key: string) =>
    services.query<{ id: number; code: string; state: string }>(
      'select id::int, code, state from normalise.parked where key = $1 order by id',
      [key],
    );
  /** Parked rows as a stage makes them, many at once, each of an object of its own. */
  const fill = (
    events: number,
    row: { group: string; meets?: string; topic?: string; due?: string },
  ) =>
    services.query(
      `insert into normalise.parked (topic, partition, record_offset, key, cause, code, cause_group, issues, headers, value, due)
       select $2, 0, 0, $1 || '-' || n, 'spec', 'bug', $1, '[]',
              jsonb_build_object('ce_specversion', '1.0', 'ce_id', $1 || '-' || n, 'ce_source', $3::text, 'ce_type', 't'), $4::bytea, $5::timestamptz
         from generate_series(1, $6::int) as n`,
      [row.group, row.topic ?? TOPIC, FROM, Buffer.from(JSON.stringify({ meets: row.meets })), row.due ?? null, events], // prettier-ignore
    );
  const handled = (begin: string) => FaultyHandler.handled.filter((id) => id.startsWith(begin));

  beforeAll(async () => {
    services = await ownServices('retry');
    booted = await boot();
    token = await accessToken('an-administrator', ['admin:read']);
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('is not under way before anybody asked, and there is nothing to stop', async () => {
    expect(await get('retry')).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('"name":"retry","stage":"normalise"') },
    });
    expect(await retry({ action: 'stop' })).toBe('refused');
    expect(await retry({ action: 'begin', causeGroup: 'none' })).toBe('refused');
    expect(await retry({ action: 'begin', event: 4711 })).toBe('refused');
    expect(await applied()).toContainEqual({ about: 'retry/normalise', outcome: 'refused' });
  });

  it('is another stage’s when it is asked of another', async () => {
    const before = await applied();
    await command({ name: 'retry', stage: 'publish', action: 'begin', causeGroup: 'none' });
    await eventually(async () => {
      const rows = await services.query('select outcome from normalise.filtered where cause = $1', [
        `urn:elevnav:dashboard command-${given}`,
      ]);
      expect(rows).toEqual([{ outcome: 'filtered:irrelevant' }]);
    });
    expect(await applied()).toEqual(before);
  });

  it('is not begun by somebody who acts for a huvudman, whatever the door let through', async () => {
    await fill(1, { group: 'whoever asks' });
    const begin = { action: 'begin', causeGroup: 'whoever asks' };
    expect(await retry(begin, { huvudman: 'malmo00001' })).toBe('refused');
    expect((await get('retry')).status).toBe(404);
    await services.query(`delete from normalise.parked where cause_group = 'whoever asks'`);
  });

  it('shows what lies there and what a retry would try, and changes nothing by it', async () => {
    await send('a-1', 'a', { meets: 'fault' });
    await eventually(async () => expect(await parked('a')).toHaveLength(1));
    await send('a-2', 'a');
    await send('b-1', 'b', { meets: 'fault' });
    await eventually(async () => expect(await parked('a')).toHaveLength(2));
    await eventually(async () => expect(await parked('b')).toHaveLength(1));
    const before = await services.query('select * from normalise.parked order by id');
    const group = encodeURIComponent(BUGS);
    const { body } = await get(`parked?causeGroup=${group}`);
    expect(body).toEqual({
      groups: [{ code: 'bug', causeGroup: BUGS, events: 2, oldest: expect.any(String), newest: expect.any(String), nextTry: null }], // prettier-ignore
    });
    expect((await get('parked')).body['groups']).toHaveLength(2);
    const { events } = (await get(`parked/events?causeGroup=${group}`)).body as {
      events: { id: number }[];
    };
    expect(events).toMatchObject([
      { cause: `${FROM} a-1`, code: 'bug', waits: false, nextTry: null },
      { cause: `${FROM} b-1` },
    ]);
    const whole = await get(`retry/preview?causeGroup=${group}`);
    expect(whole.body).toMatchObject({
      events: 2,
      codes: [{ code: 'bug', events: 2, waiting: 0 }],
    });
    const one = await get(`retry/preview?event=${events[0]!.id}`);
    expect(one.body).toMatchObject({ events: 1 });
    expect((await get('retry/preview?event=4711')).body).toEqual({ events: 0, codes: [] });
    expect((await get('retry/preview')).status).toBe(400);
    const stranger = await accessToken('stranger', ['events:write']);
    for (const path of ['parked', 'parked/events?causeGroup=x', 'retry', 'retry/preview?event=1']) {
      expect((await get(path, `Bearer ${stranger}`)).status).toBe(403);
    }
    expect(await services.query('select * from normalise.parked order by id')).toEqual(before);
    const [entry] = await services.query(
      `select about from normalise.audit where action = 'parked.read'`,
    );
    expect(entry).toEqual({ about: 'parked/normalise' });
  });

  it('tries one event, which waits for its elder, and what waits behind it follows', async () => {
    FaultyHandler.isMended = true;
    const [first, second] = await parked('a');
    expect(await retry({ action: 'begin', event: second!.id })).toBe('refused');
    expect(await retry({ action: 'begin', event: first!.id })).toBe('done');
    await becomes({
      outcome: 'done',
      event: first!.id,
      events: 1,
      through: 1,
      parkedAgain: 0,
      left: 0,
    });
    await eventually(() => expect(handled('a')).toEqual(['a-1', 'a-2']));
    expect(await parked('b')).toMatchObject([{ state: 'parked' }]);
  });

  it('tries a whole cause group and says how many went through and how many were parked again', async () => {
    await services.query(`update normalise.parked set cause_group = 'c' where key = 'b'`);
    await fill(150, { group: 'c' });
    await services.query(
      `update normalise.parked set value = '{"meets":"bad"}' where key in ('c-7', 'c-70')`,
    );
    expect(await retry({ action: 'begin', causeGroup: 'c' })).toBe('done');
    expect(await retry({ action: 'begin', causeGroup: 'c' })).toBe('refused');
    await becomes({
      outcome: 'done',
      event: null,
      events: 151,
      through: 149,
      parkedAgain: 2,
      left: 0,
    });
    expect(await parked('c-7')).toMatchObject([{ code: 'bad-data', state: 'parked' }]);
    expect(new Set(handled('c')).size).toBe(148);
    expect(handled('b')).toEqual(['b-1']);
  });

  it('lets no event overtake one of its object that is parked for another cause, nor tries that one', async () => {
    await fill(2, { group: 'd', meets: 'bad' });
    await services.query(
      `update normalise.parked set cause_group = 'elder', key = 'd-2' where key = 'd-1'`,
    );
    await fill(1, { group: 'd' });
    expect((await get('retry/preview?causeGroup=d')).body).toMatchObject({
      events: 2,
      codes: [{ waiting: 1 }],
    });
    await retry({ action: 'begin', causeGroup: 'd' });
    await becomes({ outcome: 'done', events: 2, through: 1, parkedAgain: 0, left: 1 });
    const rows = await services.query(
      `select attempts, asked, retry::int from normalise.parked where key = 'd-2'`,
    );
    expect(rows).toEqual(Array(2).fill({ attempts: 0, asked: null, retry: 0 }));
  });

  it('does not give up what cannot be read still', async () => {
    await fill(1, { group: 'e' });
    await services.query(
      `update normalise.parked set value = 'not json', code = 'unreadable' where key = 'e-1'`,
    );
    await retry({ action: 'begin', causeGroup: 'e' });
    await becomes({ outcome: 'done', events: 1, parkedAgain: 1 });
    expect(await parked('e-1')).toMatchObject([{ code: 'unreadable', state: 'parked' }]);
  });

  it('ends itself when what it tries meets the fault again, and leaves the rest alone', async () => {
    FaultyHandler.isMended = false;
    await fill(1_000, { group: 'f', meets: 'fault' });
    await retry({ action: 'begin', causeGroup: 'f' });
    await becomes({ outcome: 'faults', events: 1_000, through: 0 });
    const { parkedAgain } = (await get('retry')).body as { parkedAgain: number };
    expect(parkedAgain).toBeLessThanOrEqual(200);
    FaultyHandler.isMended = true;
    const again = await services.query(
      `select 1 from normalise.parked where cause_group = $1 and state = 'parked'`,
      [BUGS],
    );
    expect(again).toHaveLength(parkedAgain); // they are one cause group with those that come now
  });

  it('keeps what is due by itself going meanwhile, goes on after a restart, and tries each once', async () => {
    await fill(600, { group: 'g' });
    await retry({ action: 'begin', causeGroup: 'g' });
    await eventually(() => expect(handled('g-').length).toBeGreaterThan(0));
    await fill(1, { group: 'h', due: new Date().toISOString() });
    await eventually(() => expect(handled('h-')).toHaveLength(1));
    expect(handled('g-').length).toBeLessThan(600);
    await booted.stop();
    booted = await boot();
    await becomes({ outcome: 'done', events: 600, through: 600, left: 0 });
    expect(handled('g-')).toHaveLength(600);
  });

  it('stops at once when it is told to, and leaves nothing asked for', async () => {
    await fill(800, { group: 'i' });
    await retry({ action: 'begin', causeGroup: 'i' });
    await eventually(() => expect(handled('i-').length).toBeGreaterThan(0));
    expect(await retry({ action: 'stop' })).toBe('done');
    const { body } = await get('retry');
    const through = handled('i-').length;
    expect(body).toMatchObject({ outcome: 'stopped', through, left: 800 - through });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(handled('i-')).toHaveLength(through);
    expect(await services.query('select 1 from normalise.parked where asked is not null')).toEqual(
      [],
    );
    await retry({ action: 'begin', causeGroup: 'i' });
    await becomes({ outcome: 'done', events: 800 - through, left: 0 });
    expect(new Set(handled('i-')).size).toBe(800);
  });

  it('leaves what is due of topics that this process does not handle to the one that does, and sleeps', async () => {
    await fill(300, { group: 'j', topic: OTHER, due: '2026-01-01T00:00:00Z' });
    const { retries } = booted.app.get(Stage, { strict: false });
    const askForMore = retries.askForMore.bind(retries);
    let looks = 0;
    retries.askForMore = (topics) => {
      looks++;
      return askForMore(topics);
    };
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    expect(looks).toBeLessThanOrEqual(4);
    const other = await boot({ STAGE_TOPICS: OTHER });
    try {
      await eventually(() => expect(handled('j-')).toHaveLength(300));
    } finally {
      await other.stop();
    }
  });
});
