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
      expect(told).toHaveLength(FILLED + 2);
      return told;
    });
    expect(new Set(persons.map(({ key }) => key)).size).toBe(FILLED + 2);
  });

  it('stops when it is told to', async () => {
    await under.restart({ REPLAY_PER_SECOND: '50' });
    await announce('begin');
    await eventually(async () => expect((await progress()).body).toMatchObject({ endedAt: null }));
    await announce('stop');
    await eventually(async () => expect((await progress()).body).toMatchObject({ stopped: true }));
  });
});
