import { randomUUID } from 'node:crypto';
import { SCHEMAS, toBinaryHeaders, type FindingData, type TrailData } from '#canonical';
import { bootStage, type BootedStage } from '#runtime';
import { Settings, stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { DashboardModule } from './dashboard.module.js';
import type { Overview } from './overview/describe-overview.js';
import { ProcessStore } from './trail/process.store.js';
import { TrailStore, type TrailStep } from './trail/trail.store.js';

const MALMO = {
  kind: 'huvudman',
  id: 'malmo00001',
  displayName: 'Malmö stad',
  organisationNumber: '2120001124',
  owner: 'municipal',
  subscriberClients: [],
};
const CALENDAR = { kind: 'calendar', id: '2026-2027', terms: [], tests: [] };

describe('dashboard, on real services', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let reader: string;
  let writer: string;

  const boot = (environment: Record<string, string> = {}) =>
    bootStage(DashboardModule, {
      stage: 'dashboard',
      environment: { ...services.environment, DASHBOARD_LOOK_INTERVAL_MS: '200', ...environment },
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  const get = (path: string, token = reader) =>
    fetch(`${booted.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const put = (path: string, body: unknown, token = writer) =>
    fetch(`${booted.url}/v1/settings${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const takeOut = (path: string, token = writer) =>
    fetch(`${booted.url}/v1/settings${path}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    });
  const overview = async () => (await (await get('/v1/overview')).json()) as Overview;
  const tell = (data: TrailData) =>
    services.produce('trail', [
      {
        key: `${data.stage}/0`,
        value: JSON.stringify(data),
        headers: toBinaryHeaders({
          id: randomUUID(),
          source: `urn:elevnav:${data.stage}`,
          type: 'se.elevnav.trail.written',
        }),
      },
    ]);
  const find = (data: Partial<FindingData> & { id: string }) => {
    const finding: FindingData = {
      state: 'opened',
      stage: 'test-access',
      cause: 'move-awaiting',
      huvudman: MALMO.id,
      subject: 'p1',
      since: '2026-11-20T08:00:00Z',
      mustAct: 'huvudman',
      ...data,
    };
    return services.produce('findings', [
      {
        key: finding.subject!,
        value: JSON.stringify(finding),
        headers: toBinaryHeaders({
          id: randomUUID(),
          source: 'urn:elevnav:test-access',
          type: `se.elevnav.finding.${finding.state}`,
        }),
      },
    ]);
  };
  const batch = (
    stage: string,
    events: TrailData['events'],
    more: Partial<TrailData> = {},
  ): TrailData => ({
    stage,
    topic: 'spec',
    partition: 0,
    at: new Date().toISOString(),
    durationMs: 1.5,
    events,
    ...more,
  });

  beforeAll(async () => {
    services = await ownServices('dashboard');
    booted = await boot();
    reader = await accessToken('admin-reader', ['admin:read']);
    writer = await accessToken('admin-writer', ['settings:write', 'admin:read']);
  });

  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('takes a setting, and every stage that follows the topic has it', async () => {
    const answer = await put('/huvudman/malmo00001', MALMO);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ accepted: 1 });
    const settings = booted.app.get(Settings, { strict: false });
    await eventually(() => expect(settings.huvudman('malmo00001')).toEqual(MALMO));
    const [record] = await services.readAll('admin.settings');
    expect(record).toMatchObject({
      key: 'huvudman/malmo00001',
      headers: { ce_dataschema: SCHEMAS.setting.dataschema },
    });
    expect((await put('', [{ ...MALMO, displayName: 'Malmö' }, CALENDAR])).status).toBe(202);
    await eventually(async () => {
      const { settings: all } = (await (await get('/v1/settings')).json()) as {
        settings: unknown[];
      };
      expect(all).toEqual([CALENDAR, { ...MALMO, displayName: 'Malmö' }]);
    });
    const entries = await services.query(
      `select client, about from dashboard.audit where action = 'setting.written' order by number`,
    );
    expect(entries).toEqual(
      ['huvudman/malmo00001', 'huvudman/malmo00001', 'calendar/2026-2027'].map((about) => {
        return { client: 'admin-writer', about };
      }),
    );
  });

  it('takes none of several settings when one is wrong, and says where', async () => {
    const before = (await services.readAll('admin.settings')).length;
    const answer = await put('', [
      { ...MALMO, displayName: 'never' },
      { ...CALENDAR, terms: 'no' },
    ]);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/1/terms' }] });
    expect((await put('/huvudman/other00001', MALMO)).status).toBe(400);
    const shared = await put('/huvudman/other00001', { ...MALMO, id: 'other00001' });
    expect(shared.status).toBe(400);
    expect(await shared.json()).toMatchObject({ errors: [{ pointer: '/organisationNumber' }] });
    for (const body of [[], {}, 'x', 7]) expect((await put('', body)).status).toBe(400);
    expect(await services.readAll('admin.settings')).toHaveLength(before);
    const entries = await services.query(
      `select 1 from dashboard.audit where action = 'setting.written'`,
    );
    expect(entries).toHaveLength(3);
  });

  it('takes a setting out, for every stage and for good, unless another one names it', async () => {
    const owner = { ...MALMO, id: 'leaves0001', organisationNumber: '2120001132' };
    const source = {
      kind: 'source',
      id: 'register-leaves',
      huvudman: owner.id,
      sourceKind: 'elevregister',
      adapter: 'ss12000',
      clients: [],
      contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
    };
    const inForce = () => booted.app.get(Settings, { strict: false });
    expect((await put('', [owner, source])).status).toBe(202);
    await eventually(() => expect(inForce().source(source.id)).toEqual(source));
    expect((await takeOut('/source/register-leaves', reader)).status).toBe(403);
    const named = await takeOut(`/huvudman/${owner.id}`);
    expect(named.status).toBe(409);
    expect(await named.json()).toMatchObject({
      type: 'urn:elevnav:problem:conflict',
      settings: ['source/register-leaves'],
      detail: expect.stringContaining('Another setting names this one') as string,
    });

    const answer = await takeOut('/source/register-leaves');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ accepted: 1 });
    await eventually(() => expect(inForce().source(source.id)).toBeUndefined());
    const [, tombstone] = (await services.readAll('admin.settings')).filter(
      ({ key }) => key === 'source/register-leaves',
    );
    expect(tombstone).toMatchObject({
      value: null,
      headers: { ce_type: 'se.elevnav.setting.removed' },
    });
    expect((await takeOut(`/huvudman/${owner.id}`)).status).toBe(202);
    await eventually(async () => expect((await takeOut(`/huvudman/${owner.id}`)).status).toBe(404));
    for (const path of ['/source/register-leaves', '/source/never', '/nothing/x']) {
      expect((await takeOut(path)).status).toBe(404);
    }
    const entries = await services.query(
      `select about from dashboard.audit where action = 'setting.removed' and client = 'admin-writer' and outcome = 'done' order by number`,
    );
    const abouts = entries.map((entry) => (entry as { about: string }).about);
    expect([...new Set(abouts)]).toEqual(['source/register-leaves', `huvudman/${owner.id}`]);

    await booted.stop();
    booted = await boot();
    const { settings: all } = (await (await get('/v1/settings')).json()) as {
      settings: { id: string }[];
    };
    expect(all.map(({ id }) => id)).toEqual(['2026-2027', 'malmo00001']);
  });

  it('takes a command, with who gave it, and says what is wrong with one', async () => {
    const commander = await accessToken('commander', ['admin:command']);
    const give = (body: unknown, token = commander) =>
      fetch(`${booted.url}/v1/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const question = `question/unlike/${'0'.repeat(32)}`;
    const command = { name: 'answer', question, answer: 'same-person' };
    const answer = await give(command);
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    await eventually(async () => {
      const [record] = await services.readAll('admin.commands');
      expect(record).toMatchObject({ key: question, headers: { ce_id: id } });
      const said = JSON.parse(record!.value!) as object;
      expect(SCHEMAS.command.check(said)).toBe(true);
      expect(said).toMatchObject({ command, by: { clientId: 'commander' } });
    });
    expect((await give(command, reader)).status).toBe(403);
    const wrong = await give({ ...command, answer: 'perhaps' });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ errors: [{ pointer: '/answer' }] });
    expect(await (await give({ name: 'explode' })).json()).toMatchObject({
      errors: [{ pointer: '/name' }],
    });
    const hidden = { ...command, question: `question/changed-number/${'0'.repeat(32)}` };
    expect((await give(hidden)).status).toBe(403);
    const authorised = await accessToken('commander', ['admin:command', 'admin:protected']);
    expect((await give(hidden, authorised)).status).toBe(202);
    const replay = { name: 'replay', of: 'access', action: 'begin' };
    expect((await give(replay)).status).toBe(202);
    await eventually(async () => {
      const record = (await services.readAll('admin.commands')).find(({ key }) => key === 'access');
      expect(JSON.parse(record!.value!)).toMatchObject({ command: replay });
    });
    expect(await (await give({ ...replay, of: 'everything' })).json()).toMatchObject({
      errors: [{ pointer: '/of' }],
    });
  });

  it('asks for a token with the right scope, everywhere', async () => {
    const stranger = await accessToken('stranger', ['events:write']);
    expect((await put('/huvudman/malmo00001', MALMO, reader)).status).toBe(403);
    for (const path of ['/', '/v1/overview', '/v1/trail?id=x', '/v1/settings']) {
      expect((await fetch(`${booted.url}${path}`)).status).toBe(401);
      expect((await get(path, stranger)).status).toBe(403);
      expect((await get(path)).status).toBe(200);
    }
  });

  it('follows an event, and the person it turned out to be about, through the stages', async () => {
    const cause = 'urn:elevnav:source:register-malmo event-17';
    const person = randomUUID();
    await tell(batch('ingest', [{ cause, type: 'ss12000.person.changed', outcome: 'accepted' }]));
    await tell(
      batch('normalise', [
        { cause, type: 'ss12000.person.changed', outcome: 'passed', subject: person },
      ]),
    );
    const others = Array.from({ length: 500 }, (_, n) => ({
      cause: `${cause}-${n}`,
      type: 't',
      outcome: 'published' as const,
      subject: randomUUID(),
    }));
    await tell(
      batch('publish', [
        ...others,
        { cause, type: 'se.elevnav.person.registered', outcome: 'published', subject: person },
      ]),
    );
    for (const id of [cause, 'event-17', person]) {
      await eventually(async () => {
        const { steps } = (await (await get(`/v1/trail?id=${encodeURIComponent(id)}`)).json()) as {
          steps: TrailStep[];
        };
        expect(steps.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
          'ingest accepted',
          'normalise passed',
          'publish published',
        ]);
      });
    }
    const page = await (await get('/?id=event-17')).text();
    expect(page).toContain('Mottagning');
    expect(page).toContain('togs emot');
    const none = await (await get('/?id=nothing-like-it')).text();
    expect(none).toContain('Inget spår finns');
  });

  it('looks for nobody by a civic number, and does not repeat it', async () => {
    expect((await get('/v1/trail?id=20100314-2385')).status).toBe(400);
    const page = await (await get('/?id=201003142385')).text();
    expect(page).toContain('Sök aldrig på personnummer');
    expect(page).not.toContain('201003142385');
  });

  it('shows what a stage has parked, by its last word, and that it is silent when it gives none', async () => {
    const since = '2026-11-20T08:00:00.000Z';
    const parked = [{ code: 'bad-data', causeGroup: 'source/register-malmo', events: 3, since }];
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    await tell(batch('normalise', [], { parked, at: at(0) }));
    await tell(batch('normalise', [], { parked: [], at: at(-60_000) }));
    await eventually(async () => {
      const { stages, parked: shown } = await overview();
      expect(shown).toEqual([{ stage: 'normalise', ...parked[0] }]);
      const states = Object.fromEntries(stages.map(({ stage, state }) => [stage, state]));
      expect(states).toMatchObject({ normalise: 'attention', publish: 'silent' });
    });
    await tell(batch('normalise', [], { parked: [], at: at(1_000) }));
    await eventually(async () => expect((await overview()).parked).toEqual([]));
  });

  it('gives signs of its own', async () => {
    await eventually(async () => {
      const own = (await overview()).stages.find(({ stage }) => stage === 'dashboard')!;
      expect(own.state).toBe('ok');
      expect(own.lastSignAt).not.toBeNull();
    });
  });

  it('tells that a stage was killed and began anew, and forgets it when it is old', async () => {
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const process = { id: randomUUID(), startedAt: at(-100_000) };
    const successor = { id: randomUUID(), startedAt: at(-30_000) };
    await tell(batch('test-access', [], { parked: [], process, at: at(-40_000) }));
    await tell(batch('test-access', [], { parked: [], process: successor, at: at(0) }));
    await eventually(async () => {
      const stage = (await overview()).stages.find((one) => one.stage === 'test-access')!;
      expect(stage.processes).toMatchObject({
        alive: 1,
        crashes: 1,
        stops: 0,
        restartedAt: successor.startedAt,
      });
    });
    expect(await (await get('/')).text()).toContain('Provåtkomst avbröts och startade om');
    await services.query(
      `update dashboard.process set at = now() - interval '8 days' where id = '${process.id}'`,
    );
    const store = booted.app.get(ProcessStore, { strict: false });
    await store.forget(7);
    const kept = await services.query<{ id: string }>('select id from dashboard.process');
    expect(kept.map(({ id }) => id)).not.toContain(process.id);
    expect(kept.map(({ id }) => id)).toContain(successor.id);
  });

  it('shows a pupil’s move while it is open, and no longer', async () => {
    const person = randomUUID();
    const id = `move-awaiting/${person}/x`;
    await find({ id, subject: person });
    await eventually(async () => {
      expect((await overview()).moves).toMatchObject([
        { person, cause: 'move-awaiting', huvudman: MALMO.id },
      ]);
    });
    expect(await (await get('/')).text()).toContain('Den nya huvudmannen lägger in elevens EPPN');
    await find({ id, subject: person, state: 'closed' });
    await eventually(async () => expect((await overview()).moves).toEqual([]));
  });

  it('parks a record that is not of its shape, and goes on with the same lane', async () => {
    await services.produce('trail', [
      {
        key: 'normalise/0',
        value: '{"stage":7}',
        headers: toBinaryHeaders({ id: 'odd', source: 'urn:elevnav:x', type: 'odd' }),
      },
    ]);
    await eventually(async () => {
      const rows = await services.query('select code from dashboard.parked');
      expect(rows).toEqual([{ code: 'bad-data' }]);
    });
    const cause = `urn:elevnav:source:malmo after-the-odd-one`;
    await tell(batch('normalise', [{ cause, type: 'ss12000.person.changed', outcome: 'passed' }]));
    await eventually(async () => {
      const { steps } = (await (await get('/v1/trail?id=after-the-odd-one')).json()) as { steps: TrailStep[] }; // prettier-ignore
      expect(steps).toMatchObject([{ stage: 'normalise', outcome: 'passed' }]);
    });
  });

  it('takes a retry of its own and concludes it, and begins none that was meant to be dry', async () => {
    const commander = await accessToken('commander', ['admin:command']);
    const give = async (more: object) => {
      const answer = await fetch(`${booted.url}/v1/commands`, {
        method: 'POST',
        headers: { authorization: `Bearer ${commander}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'retry', stage: 'dashboard', action: 'begin', ...more }),
      });
      const { errors } = (await answer.json()) as { errors?: { pointer: string }[] };
      return errors ? [...new Set(errors.map(({ pointer }) => pointer))] : answer.status;
    };
    expect(await give({ causeGroup: 'trail', dryRun: true })).toEqual(['/dryRun']);
    expect(await give({ causeGroup: 'trail', event: 1 })).toEqual(['/causeGroup']);
    expect(await give({})).toEqual(['/causeGroup']);
    expect(await give({ event: 'all' })).toEqual(['/event']);
    expect(await give({ stage: 'ingest', action: 'stop' })).toEqual(['/stage']);
    await services.produce('trail', [
      {
        key: 'no stage',
        value: '{}',
        headers: toBinaryHeaders({ id: 'no-trail', source: 'urn:elevnav:normalise', type: 't' }),
      },
    ]);
    await eventually(async () => {
      const { groups } = (await (await get('/v1/parked')).json()) as { groups: object[] };
      expect(groups).toMatchObject([{ code: 'bad-data', causeGroup: 'trail', events: 2 }]);
    });
    expect(await give({ causeGroup: 'trail' })).toBe(202);
    await eventually(async () => {
      const seen = (await (await get('/v1/retry')).json()) as object;
      expect(seen).toMatchObject({ outcome: 'done', events: 2, through: 0, parkedAgain: 2 });
    });
    const entries = await services.query(
      `select action, outcome from dashboard.audit where about = 'retry/dashboard' order by number`,
    );
    expect(entries).toEqual([
      { action: 'command.given', outcome: 'done' },
      { action: 'command.applied', outcome: 'done' },
    ]);
  });

  it('does not tell the trail of the trail: a hub at rest stays at rest', async () => {
    const aboutTrail = (await services.readAll('trail')).filter(
      ({ value }) => (JSON.parse(value ?? '{}') as TrailData).topic === 'trail',
    );
    expect(aboutTrail).toEqual([]);
  });

  it('counts what waits for a stage that does not run', async () => {
    await eventually(async () => {
      const publish = (await overview()).stages.find(({ stage }) => stage === 'publish')!;
      const commands = (await services.readAll('admin.commands')).length;
      expect(publish.lagEvents).toBe(commands);
    });
    const event = { key: 'k', value: '{}', headers: {} };
    await services.produce('canonical.events', [event, event, event]);
    await eventually(async () => {
      const stages = (await overview()).stages;
      for (const name of ['publish', 'test-access']) {
        const groups = stages.find(({ stage }) => stage === name)!.groups;
        expect(groups.find(({ group }) => group.includes('.canonical'))).toMatchObject({
          events: 3,
        });
      }
    });
  });

  it('forgets the oldest of the trail', async () => {
    await services.query(
      `update dashboard.batch set at = now() - interval '8 days' where stage = 'ingest'`,
    );
    const trail = booted.app.get(TrailStore, { strict: false });
    expect(await trail.forget(7, 1_000)).toBe(1);
    expect(await trail.forget(7, 1_000)).toBe(0);
  });

  it('is open without a token only where that was asked for, and to names of this machine only', async () => {
    await booted.stop();
    booted = await boot({ DASHBOARD_OPEN: 'true' });
    const page = await fetch(booted.url);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await fetch(`${booted.url}/v1/settings`)).status).toBe(401);
    const { status } = await requestWithHost(booted.url, 'evil.example');
    expect(status).toBe(403);
  });
});

/** `fetch` lets nobody choose the Host header. */
async function requestWithHost(url: string, host: string): Promise<{ status: number | undefined }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode });
    })
      .on('error', reject)
      .end();
  });
}
