import { randomUUID } from 'node:crypto';
import type { CommandData, Setting } from '#canonical';
import { bootStage, type BootedStage } from '#runtime';
import { Settings, stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { DashboardModule } from '../dashboard.module.js';

const LOA3 = 'http://id.elegnamnden.se/loa/1.0/loa3';
const LOA4 = 'http://id.elegnamnden.se/loa/1.0/loa4';
const CLERK = { huvudman: 'malmo00001', role: 'registrator', acr: LOA3 };
const ACR_VALUES = 'DASHBOARD_COMMAND_ACR_VALUES';

const person = randomUUID();
const question = `question/unlike/${'0'.repeat(32)}`;
const answer = { name: 'answer', question, answer: 'different-persons' };
const separate = (from: string) => ({ name: 'separate', person, source: from, localId: 'l1' });
const erase = { name: 'erase', person };
const replay = { name: 'replay', action: 'begin' };
const retry = { name: 'retry', stage: 'publish', action: 'begin', causeGroup: 'a group' };

function source(id: string, huvudman: string | null): Setting {
  return {
    kind: 'source',
    id,
    huvudman,
    sourceKind: 'elevregister',
    adapter: 'ss12000',
    clients: [],
    contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
  };
}

describe('who may give which command', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let operator: string;
  let clerk: string;

  const boot = (environment: Record<string, string> = {}) =>
    bootStage(DashboardModule, {
      stage: 'dashboard',
      environment: { ...services.environment, ...environment },
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  const ask = (method: string, path: string, token: string, body?: unknown) =>
    fetch(`${booted.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const give = async (command: object, token: string) => {
    const response = await ask('POST', '/v1/commands', token, command);
    const { instance, ...says } = (await response.json()) as Record<string, unknown>;
    expect(response.status === 202 || typeof instance === 'string').toBe(true);
    return { status: response.status, says, challenge: response.headers.get('www-authenticate') };
  };
  const audited = () =>
    services.query<{ client: string; about: string; outcome: string }>(
      `select client, huvudman, role, acr, about, outcome from dashboard.audit
        where action = 'command.given' order by number`,
    );
  const sent = async (): Promise<CommandData[]> =>
    (await services.readAll('admin.commands')).map(
      ({ value }) => JSON.parse(value!) as CommandData,
    );

  beforeAll(async () => {
    services = await ownServices('who-commands');
    booted = await boot();
    const scopes = ['admin:command', 'admin:read', 'settings:write'];
    operator = await accessToken('the-operator', scopes);
    clerk = await accessToken('clerk-of-malmo', scopes, CLERK);
    const sources = [
      source('register-malmo', 'malmo00001'),
      source('register-kunskap', 'kunskap001'),
      source('school-units', null),
    ];
    await services.produce(
      'admin.settings',
      sources.map((one) => ({ key: `source/${one.id}`, value: JSON.stringify(one) })),
    );
    const settings = booted.app.get(Settings, { strict: false });
    await eventually(() => expect(settings.sources()).toHaveLength(3));
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('a huvudman’s administrator answers, whether or not such a question is asked, and it is told who that was', async () => {
    expect((await give(answer, clerk)).status).toBe(202);
    await eventually(async () => {
      const by = { clientId: 'clerk-of-malmo', subject: 'clerk-of-malmo', ...CLERK };
      expect(await sent()).toMatchObject([{ command: answer, by }]);
    });
    expect(await audited()).toEqual([
      { client: 'clerk-of-malmo', ...CLERK, about: question, outcome: 'done' },
    ]);
  });

  it.each([
    ['erased', erase],
    ['separated', separate('register-malmo')],
    ['joined', { ...answer, answer: 'same-person' }],
    ['told once more', replay],
    ['tried again', retry],
    ['tried no more', { name: 'retry', stage: 'normalise', action: 'stop' }],
  ])('nobody and nothing is %s by a huvudman’s administrator, only by the hub’s operator', async (_, command) => {
    expect(await give(command, clerk)).toMatchObject({
      status: 403,
      says: {
        type: 'urn:elevnav:problem:operator-only',
        detail: expect.stringContaining('ask the operator of the hub') as string,
      },
    });
    expect((await give(command, operator)).status).toBe(202);
  }); // prettier-ignore

  it('a number that may be a new protected identity is answered about with the scope for it only', async () => {
    const hidden = { ...answer, question: `question/changed-number/${'0'.repeat(32)}` };
    expect((await give(hidden, clerk)).status).toBe(403);
  });

  it('sends none of what it has refused, and has each in its audit, with role and log-in', async () => {
    const refused = (await audited()).filter(({ outcome }) => outcome === 'refused');
    expect(refused).toHaveLength(7);
    for (const entry of refused)
      expect(entry).toMatchObject({ client: 'clerk-of-malmo', ...CLERK });
    expect(refused.map(({ about }) => about)).toContain('retry/publish');
    await eventually(async () => expect(await sent()).toHaveLength(7));
    const ofClerk = (await sent()).filter(({ by }) => by.huvudman !== undefined);
    expect(ofClerk.map(({ command }) => command)).toEqual([answer]);
  });

  it('nothing of the whole hub is read or written with a huvudman’s token, whatever its scopes', async () => {
    for (const path of [
      '/',
      '/?id=x',
      '/v1/overview',
      '/v1/trail?id=x',
      '/v1/settings',
      '/v1/parked',
      '/v1/parked/events?causeGroup=x',
      '/v1/retry/preview?causeGroup=x',
      '/v1/audit?about=x',
      '/v1/audit/verify',
    ]) {
      expect([path, (await ask('GET', path, operator)).status]).toEqual([path, 200]);
      const refused = await ask('GET', path, clerk);
      expect([path, refused.status]).toEqual([path, 403]);
      expect(await refused.json()).toMatchObject({ type: 'urn:elevnav:problem:operator-only' });
    }
    const taken = source('register-kunskap', 'malmo00001');
    expect((await ask('PUT', '/v1/settings/source/register-kunskap', clerk, taken)).status).toBe(
      403,
    );
    expect((await ask('PUT', '/v1/settings', clerk, [taken])).status).toBe(403);
    expect((await ask('DELETE', '/v1/settings/source/register-kunskap', clerk)).status).toBe(403);
  });

  it('where kinds of log-in are listed, a command is given by one of them only, and it is said by which', async () => {
    expect((await give(erase, operator)).status).toBe(202);
    await booted.stop();
    booted = await boot({ [ACR_VALUES]: `${LOA3},${LOA4}` });
    const weak = await accessToken('weak-operator', ['admin:command'], { acr: LOA3.slice(0, -1) });
    const strong = await accessToken('strong-operator', ['admin:command'], { acr: LOA4 });
    const before = (await sent()).length;
    for (const token of [operator, weak]) {
      expect(await give(erase, token)).toEqual({
        status: 403,
        says: {
          type: 'urn:elevnav:problem:authentication-too-weak',
          title: 'The log-in is not strong enough for a command',
          status: 403,
          detail:
            'Log in again by one of the ways that acrValuesAccepted names, and give the command.',
          acrValuesAccepted: [LOA3, LOA4],
        },
        challenge: `Bearer realm="elevnav", error="insufficient_user_authentication", acr_values="${LOA3} ${LOA4}"`,
      });
    }
    expect((await ask('GET', '/v1/settings', operator)).status).toBe(200);
    expect((await give(erase, strong)).status).toBe(202);
    expect((await give(answer, clerk)).status).toBe(202);
    expect((await give(erase, clerk)).says).toMatchObject({
      type: 'urn:elevnav:problem:operator-only',
    });
    await eventually(async () => expect(await sent()).toHaveLength(before + 2));
  });
});
