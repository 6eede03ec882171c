import type { FindingData } from '#canonical';
import { REPLAY_CHUNK } from '#stage';
import { accessToken, eventually } from '#testing';
import {
  HERE,
  NormaliseUnderTest,
  schoolClass,
  schoolUnit,
} from '../../test/normalise-under-test.js';

const PUPIL = '1d0c4c5d-4a3b-5c7a-8a9d-9a0c8e5f0b00';
const ERASED = '2e1d5d6e-5b4c-5d8b-9b0e-0b1d9f6a1c11';
const idOf = (last: string): string => `3e1d5d6e-5b4c-5d8b-9b0e-00000000000${last}`;
const CODE = '31279295';
/** More than one chunk, so that the stage can end between two. */
const FILLED = REPLAY_CHUNK + 100;

describe('replay the register again', () => {
  let under: NormaliseUnderTest;

  beforeAll(async () => {
    under = await NormaliseUnderTest.start('replay');
    await under.send('units', 'school-units.unit.changed', schoolUnit(CODE, '2120000001'), CODE);
    const registered = await under.says('sis', PUPIL, '2026-08-18T06:15:22.417+02:00', HERE);
    await under.tells(registered, 'person.registered', 'enrolment.started');
    const group = schoolClass(PUPIL, HERE);
    const begun = await under.send('sis', 'ss12000.group.changed', group, 'class');
    await under.tells(begun, 'group.started');
  });
  afterAll(() => under?.stop());

  const announce = (action: 'begin' | 'stop') =>
    under.command({ name: 'replay', action }, 'register');
  const progress = async () => {
    const headers = {
      authorization: `Bearer ${await accessToken('register-replay-reader', ['admin:read'])}`,
    };
    const response = await fetch(`${under.stage.url}/v1/replay`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const lastOutcome = () =>
    under.services.query(
      `select outcome from normalise.audit where action = 'command.applied' order by number desc limit 1`,
      [],
    );

  const post = (holder: string) => {
    const meta = { modified: '2026-08-20T07:00:00Z' };
    const duty = { id: holder, meta, person: { id: holder }, dutyAt: { id: HERE }, dutyRole: 'Lärare', startDate: '2025-08-17' }; // prettier-ignore
    return under.send('sis', 'ss12000.duty.changed', duty, `duty of ${holder}`);
  };
  /** All that a replay tells, once it is over. */
  const toldOfAll = (cause: string, count: number) =>
    eventually(async () => {
      expect((await progress()).body).toMatchObject({ phase: 'done' });
      const told = await under.told(cause);
      expect(told).toHaveLength(count);
      return told;
    });
  const held = async () =>
    (await under.services.readAll('findings'))
      .map(({ value }) => JSON.parse(value!) as FindingData)
      .filter(({ cause }) => cause === 'person-status-held')
      .map(({ state, subject }) => ({ state, subject }));

  it('is not under way before anybody asked, and there is nothing to stop', async () => {
    expect((await progress()).status).toBe(404);
    await announce('stop');
    await eventually(async () => expect(await lastOutcome()).toEqual([{ outcome: 'refused' }]));
  });

  it('leaves a replay of access to test-access', async () => {
    const cause = await under.command({ name: 'replay', of: 'access', action: 'begin' }, 'access');
    await eventually(async () => {
      const rows = await under.services.query(
        'select outcome from normalise.filtered where cause = $1',
        [cause],
      );
      expect(rows).toEqual([{ outcome: 'filtered:irrelevant' }]);
    });
    expect((await progress()).status).toBe(404);
    expect(await lastOutcome()).toEqual([{ outcome: 'refused' }]);
  });

  it('tells every unit, person and group as it stands, with a sequence that is newer than all before', async () => {
    const before = await under.services.readAll('canonical.events');
    const cause = await announce('begin');
    const events = await under.tellsInAnyOrder(cause, 'organisation.changed', 'person.updated', 'group.changed'); // prettier-ignore
    for (const { key, headers, data } of events) {
      const last = before.filter((record) => record.key === key).at(-1)!;
      expect(headers.ce_sequence! > last.headers.ce_sequence!).toBe(true);
      expect({ ...data, change: null }).toEqual({ ...JSON.parse(last.value!), change: null });
    }
    await eventually(async () =>
      expect((await progress()).body).toMatchObject({
        phase: 'done',
        replayed: 3,
        stopped: false,
      }),
    );
  });

  it('tells of whoever was erased that they were', async () => {
    const said = { civicNo: { value: '201801012392' }, birthDate: '2018-01-01' };
    const registered = await under.says('sis', ERASED, '2026-08-18T06:15:22.417+02:00', HERE, said);
    const [first] = await under.tells(registered, 'person.registered', 'enrolment.started');
    const { id } = first!.data.person;
    await under.tells(await under.command({ name: 'erase', person: id }, id), 'person.erased');
    const cause = await announce('begin');
    await under.tellsInAnyOrder(cause, 'organisation.changed', 'person.updated', 'person.erased', 'group.changed'); // prettier-ignore
  });

  it('ends the duties of staff whom their register dropped before duties ended so, and nobody else’s', async () => {
    const teacher = { civicNo: { value: '198001022386' }, birthDate: '1980-01-02', enrolments: [] };
    const [dropped, stays] = [idOf('1'), idOf('2')];
    const registered = await under.says('sis', dropped, '2026-08-18T06:00:00+02:00', HERE, teacher);
    const [first] = await under.tells(registered, 'person.registered');
    const other = { ...teacher, civicNo: { value: '198001032385' }, birthDate: '1980-01-03' };
    await under.tells(await under.says('sis', stays, '2026-08-18T06:00:00+02:00', HERE, other), 'person.registered'); // prettier-ignore
    const [started] = await under.tells(await post(dropped), 'duty.started');
    await under.tells(await post(stays), 'duty.started');
    const gone = { id: dropped, deleted: '2026-09-01T06:00:00+02:00' };
    await under.tells(await under.send('sis', 'ss12000.person.deleted', gone, dropped), 'duty.ended', 'person.dormant'); // prettier-ignore
    const { id, duties } = started!.data.person;
    // As an earlier version left it: it did not keep which record holds a duty.
    await under.services.query('update normalise.source_object set holder = null where person = $1', [id]); // prettier-ignore
    await under.services.query(
      `update normalise.person set state = jsonb_set(state::jsonb, '{duties}', $2::jsonb)::json where id = $1`,
      [id, JSON.stringify(duties)],
    );
    const cause = await announce('begin');
    const told = await toldOfAll(cause, 7);
    expect(told.filter(({ type }) => type === 'duty.ended').map(({ key }) => key)).toEqual([id]);
    const ofDropped = told.filter(({ key }) => key === first!.key);
    expect(ofDropped.map(({ type }) => type)).toEqual(['duty.ended', 'person.updated']);
    expect(ofDropped.map(({ data }) => data.person.duties)).toEqual([[], []]);
    expect(new Set(told.map(({ headers }) => headers.ce_id)).size).toBe(told.length);
    await eventually(async () => expect((await progress()).body).toMatchObject({ replayed: 6 }));
    expect(await toldOfAll(await announce('begin'), 6)).not.toContainEqual(
      expect.objectContaining({ type: 'duty.ended' }),
    );
  });

  it('holds a death that registers contradict each other about and an earlier version took as it was', async () => {
    const said = { civicNo: { value: '201801022383' }, birthDate: '2018-01-02' };
    const known = await under.says('sis', idOf('3'), '2026-08-18T06:00:00+02:00', HERE, said);
    const [registered] = await under.tells(known, 'person.registered', 'enrolment.started');
    const { id } = registered!.data.person;
    const there = await under.says('fri', idOf('4'), '2026-08-18T06:00:00+02:00', HERE, { ...said, enrolments: [] }); // prettier-ignore
    await eventually(async () => {
      const claims = await under.services.query('select from normalise.claim where person = $1', [id]); // prettier-ignore
      expect(claims).toHaveLength(2);
    });
    expect(await under.told(there)).toEqual([]);
    for (const [text, values] of [
      [`update normalise.claim set doc = jsonb_set(doc::jsonb, '{personStatus}', '"Avliden"')::json where person = $1 and source = 'sis'`, [id]],
      [`update normalise.person set state = jsonb_set(state::jsonb, '{personStatus}', '"Avliden"')::json where id = $1`, [id]],
    ] as const) await under.services.query(text, [...values]); // prettier-ignore
    const cause = await announce('begin');
    const told = await toldOfAll(cause, 8);
    const ofHeld = told.filter(({ key }) => key === id);
    expect(ofHeld.map(({ type }) => type)).toEqual(['person.updated', 'person.updated']);
    expect(ofHeld.map(({ data }) => data.person.personStatus)).toEqual(['Aktiv', 'Aktiv']);
    await eventually(async () => expect(await held()).toEqual([{ state: 'opened', subject: id }]));
    await toldOfAll(await announce('begin'), 7);
    expect(await held()).toHaveLength(1);
  });

  it('goes on after a restart where it stood: everybody once', async () => {
    await under.services.query(
      `insert into normalise.person (id, key, emitted, state)
       select id, '', 1, json_build_object('id', id, 'securityMarking', 'Ingen', 'personStatus', 'Aktiv',
         'standing', 'dormant', 'eppns', '[]'::json, 'enrolments', '[]'::json, 'duties', '[]'::json, 'tests', '[]'::json)
       from (select gen_random_uuid() as id from generate_series(1, $1::int)) as persons`,
      [FILLED],
    );
    const cause = await announce('begin');
    await eventually(async () => expect((await under.told(cause)).length).toBeGreaterThan(1));
    await under.restart({});
    await eventually(async () => expect((await progress()).body).toMatchObject({ phase: 'done' }));
    const persons = await eventually(async () => {
      const told = (await under.told(cause)).filter(({ type }) => type.startsWith('person.'));
      expect(told).toHaveLength(FILLED + 5);
      return told;
    });
    expect(new Set(persons.map(({ key }) => key)).size).toBe(FILLED + 5);
  });

  it('stops when it is told to', async () => {
    await under.restart({ REPLAY_PER_SECOND: '50' });
    await announce('begin');
    await eventually(async () => expect((await progress()).body).toMatchObject({ endedAt: null }));
    await announce('stop');
    await eventually(async () => expect((await progress()).body).toMatchObject({ stopped: true }));
  });
});
