import { formatSequence, schemaOf, toBinaryHeaders, type AccessEventData, type PersonState } from '#canonical'; // prettier-ignore
import { SteppableClock, bootStage, type BootedStage } from '#runtime';
import { REPLAY_CHUNK, stageTransport } from '#stage';
import { accessToken, eventually, ownServices, type OwnServices } from '#testing';
import { DueAccessSchedule } from '../due-access.schedule.js';
import { CALENDAR, INDEPENDENT, MUNICIPALITY, SECRET, enrolment, eppn, idOf } from '../rules/testing/given-person.js'; // prettier-ignore
import { TestAccessModule } from '../test-access.module.js';

/** More than one chunk, so that the stage can end between two. */
const FILLED = REPLAY_CHUNK + 100;
/** Ten seconds for each chunk. */
const SLOW = { ACCESS_REPLAY_PER_SECOND: '50' };
const DASHBOARD = 'urn:elevnav:dashboard';

/** Has a home in the municipality, and an enrolment at the independent school, which has not said by which EPPN. */
const AWAITED = 'a pupil whom another school awaits';
const HIDDEN = 'a protected pupil';
const LEFT = 'somebody who has nothing';

interface Told {
  readonly type: string;
  readonly key: string | null;
  readonly id: string;
  readonly sequence: string;
  readonly cause: string | undefined;
  readonly data: AccessEventData;
}

describe('replay access again', () => {
  let services: OwnServices;
  let booted: BootedStage;
  let sent = 0;

  const boot = (more: Record<string, string> = {}) =>
    bootStage(TestAccessModule, {
      stage: 'test-access',
      environment: { ...services.environment, SCHEDULE_INTERVAL_MS: '600000', ...more },
      clock: new SteppableClock(new Date('2026-11-12T08:00:00Z')),
      ownsProcess: false,
      strategies: (app) => [stageTransport(app)],
    });
  const restart = async (more: Record<string, string> = {}) => {
    await booted.stop();
    booted = await boot(more);
  };
  const learns = async (name: string, more: Partial<PersonState>) => {
    const number = ++sent;
    const person: PersonState = {
      id: idOf(name),
      securityMarking: 'Ingen',
      personStatus: 'Aktiv',
      standing: 'present',
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [enrolment(MUNICIPALITY, '2026-08-18')],
      duties: [],
      tests: [],
      ...more,
    };
    const headers = toBinaryHeaders({
      id: idOf(`event ${number}`),
      source: 'urn:elevnav:normalise',
      type: 'se.elevnav.person.updated',
      subject: person.id,
      sequence: formatSequence(1, number),
      causationid: `urn:elevnav:source:register event-${number}`,
    });
    const value = JSON.stringify({ person, change: { fields: [] } });
    await services.produce('canonical.events', [{ key: person.id, value, headers }]);
  };
  /** What an administrator asks, by whatever words. @returns its cause. */
  const command = async (what: object, as: object = {}): Promise<string> => {
    const id = `command-${++sent}`;
    const by = { clientId: 'registrar', subject: 'registrar', ...as };
    const value = JSON.stringify({ command: what, by, at: '2026-11-12T08:00:00Z' });
    const headers = toBinaryHeaders({ id, source: DASHBOARD, type: 'se.elevnav.command.given' });
    await services.produce('admin.commands', [{ key: 'any', value, headers }]);
    return `${DASHBOARD} ${id}`;
  };
  const replay = (action: 'begin' | 'stop') => command({ name: 'replay', of: 'access', action });
  const told = async (): Promise<Told[]> =>
    (await services.readAll('access.events')).map(({ key, headers, value }) => ({
      type: headers.ce_type!.slice('se.elevnav.'.length),
      key,
      id: headers.ce_id!,
      sequence: headers.ce_sequence!,
      cause: headers.ce_causationid,
      data: JSON.parse(value!) as AccessEventData,
    }));
  const toldBy = async (cause: string) => (await told()).filter((event) => event.cause === cause);
  const of = (name: string, events: readonly Told[]) =>
    events.filter(({ key }) => key === idOf(name));
  const progress = async () => {
    const headers = {
      authorization: `Bearer ${await accessToken('replay-reader', ['admin:read'])}`,
    };
    const response = await fetch(`${booted.url}/v1/replay`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const becomes = (state: object) =>
    eventually(async () => expect((await progress()).body).toMatchObject(state));
  const applied = () =>
    services.query<{ about: string; outcome: string }>(
      `select about, outcome from test_access.audit where action = 'command.applied' order by number`,
    );

  beforeAll(async () => {
    services = await ownServices('access-replay');
    booted = await boot();
    await services.produce('admin.settings', [
      { key: `calendar/${CALENDAR.id}`, value: JSON.stringify(CALENDAR) },
    ]);
    const two = [enrolment(MUNICIPALITY, '2026-08-18'), enrolment(INDEPENDENT, '2026-11-12')];
    await learns(AWAITED, { enrolments: two });
    await learns(HIDDEN, { securityMarking: SECRET, eppns: [eppn(MUNICIPALITY, 'b2')] });
    await learns(LEFT, { eppns: [], enrolments: [] });
    await eventually(async () => {
      await booted.app.get(DueAccessSchedule, { strict: false }).catchUp();
      const types = (await told()).map(({ type }) => type).sort();
      expect(types).toEqual(['access.awaiting', 'access.granted', 'access.granted', 'test.assigned', 'test.assigned']); // prettier-ignore
      const rows = await services.query('select 1 from test_access.person_access', []);
      expect(rows).toHaveLength(3);
    });
  });
  afterAll(async () => {
    await booted?.stop();
    await services?.stop();
  });

  it('is not under way before anybody asked, and there is nothing to stop', async () => {
    expect(await progress()).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('{"name":"replay","of":"access","action":"begin"}') },
    });
    await replay('stop');
    await eventually(async () =>
      expect(await applied()).toEqual([{ about: 'access', outcome: 'refused' }]),
    );
  });

  it('is not begun by somebody who acts for a huvudman, whatever the door let through', async () => {
    const begin = { name: 'replay', of: 'access', action: 'begin' };
    await command(begin, { huvudman: MUNICIPALITY });
    const refused = { about: 'access', outcome: 'refused' };
    await eventually(async () => expect(await applied()).toEqual([refused, refused]));
    expect((await progress()).status).toBe(404);
  });

  it('leaves what is for normalise to normalise, also what is no command', async () => {
    const before = await told();
    const others = [
      await command({ name: 'replay', action: 'begin' }),
      await command({ name: 'replay', of: 'register', action: 'begin' }),
      await command({ name: 'erase', person: idOf(AWAITED) }),
      await command({ name: 'dance' }),
    ];
    await eventually(async () => {
      const rows = await services.query<{ outcome: string }>(
        'select outcome from test_access.filtered where cause = any($1)',
        [others],
      );
      expect(rows).toEqual(others.map(() => ({ outcome: 'filtered:irrelevant' })));
    });
    expect(await services.query('select 1 from test_access.parked', [])).toEqual([]);
    expect(await applied()).toHaveLength(2);
    expect((await progress()).status).toBe(404);
    expect(await told()).toEqual(before);
  });

  it('tells each huvudman of each person, newer than all before, the same access, and of whom there is nothing nothing', async () => {
    const before = await told();
    const cause = await replay('begin');
    await becomes({ phase: 'done', replayed: 2, persons: 3, stopped: false });
    const events = await eventually(async () => {
      const now = await toldBy(cause);
      expect(now).toHaveLength(4);
      return now;
    });
    expect(of(AWAITED, events).map(toWhom)).toEqual(['access.granted municipality', 'access.awaiting independent']); // prettier-ignore
    expect(of(HIDDEN, events).map(toWhom)).toEqual(['access.granted municipality', 'test.assigned municipality']); // prettier-ignore
    for (const { key, type, sequence, data } of events) {
      expect(schemaOf('access.events', `se.elevnav.${type}`)!.faults(data)).toEqual([]);
      const last = before.filter((event) => event.key === key).at(-1)!;
      expect(sequence > last.sequence).toBe(true);
      expect({ ...data, change: null }).toEqual({ ...last.data, change: null });
    }
    expect(await applied()).toContainEqual({ about: 'access', outcome: 'done' });
  });

  it('what is decided afterwards is newer than what it told', async () => {
    const replayed = of(AWAITED, await told()).at(-1)!;
    await learns(AWAITED, {
      eppns: [eppn(MUNICIPALITY), eppn(INDEPENDENT)],
      enrolments: [enrolment(INDEPENDENT, '2026-11-12')],
    });
    await eventually(async () => {
      const last = of(AWAITED, await told()).at(-1)!;
      expect(last.id).not.toBe(replayed.id);
      expect(last.sequence > replayed.sequence).toBe(true);
    });
  });

  it('gives what is made again after a restore the same ids, and another replay others', async () => {
    const before = new Set((await told()).map(({ id }) => id));
    const cause = await replay('begin');
    await becomes({ phase: 'done', replayed: 2 });
    const first = await eventually(async () => {
      const now = await toldBy(cause);
      expect(of(HIDDEN, now)).toHaveLength(2);
      return of(HIDDEN, now);
    });
    expect(first.some(({ id }) => before.has(id))).toBe(false);
    await services.query(
      `update test_access.replay set phase = 'persons', passed = '', replayed = 0, ended_at = null`,
    );
    await eventually(async () => {
      const again = of(HIDDEN, await toldBy(cause)).slice(2);
      expect(again.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
      expect(again[0]!.sequence > first[1]!.sequence).toBe(true);
    });
  });

  it('goes on after a restart where it stood: everybody once', async () => {
    await services.query(
      `insert into test_access.person_access (person, last_sequence, emitted, facts, state)
       select id, '', 1, json_build_object('id', id, 'securityMarking', 'Ingen'), state
       from (select gen_random_uuid() as id from generate_series(1, $1::int)) as persons,
            (select state from test_access.person_access where person = $2) as like_this`,
      [FILLED, idOf(HIDDEN)],
    );
    await restart(SLOW);
    const cause = await replay('begin');
    await eventually(async () => expect((await toldBy(cause)).length).toBeGreaterThan(1));
    expect((await progress()).body).toMatchObject({ endedAt: null });
    await restart();
    await becomes({ phase: 'done', replayed: FILLED + 2, persons: FILLED + 3 });
    const filled = await eventually(async () => {
      const now = (await toldBy(cause)).filter(({ key }) => ![idOf(AWAITED), idOf(HIDDEN)].includes(key!)); // prettier-ignore
      expect(now).toHaveLength(FILLED);
      return now;
    });
    expect(new Set(filled.map(({ key }) => key)).size).toBe(FILLED);
  });

  it('stops when it is told to', async () => {
    await restart(SLOW);
    await replay('begin');
    await becomes({ endedAt: null });
    await replay('stop');
    await becomes({ stopped: true, phase: 'persons', endedAt: expect.any(String) as string });
  });
});

/** The event and the huvudmän of all that its change names: one, or something of another's would go along. */
function toWhom({ type, data }: Told): string {
  const { entry, from, standing, test } = data.change;
  const owners = [entry, from, standing, test].flatMap((thing) => thing?.huvudman ?? []);
  return [type, ...new Set(owners)].join(' ');
}
