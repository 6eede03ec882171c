import pg from 'pg';
import { schemaOf, type HuvudmanSetting, type RetentionSetting } from '#canonical';
import { SteppableClock, type BootedStage } from '#runtime';
import { accessToken, eventually } from '#testing';
import {
  HERE,
  NormaliseUnderTest,
  THERE,
  huvudman,
  person,
  schoolUnit,
} from '../../test/normalise-under-test.js';
import { SourceSilenceSchedule } from '../silence/source-silence.schedule.js';
import { RetentionSchedule } from './retention.schedule.js';

const START = new Date('2026-11-02T12:00:00Z');
const DAY_MS = 86_400_000;
const CROWD = 60;
const RETENTION: RetentionSetting = { kind: 'retention', id: 'register', mode: 'dry-run', dormantDays: 300 }; // prettier-ignore
const KOMMUNEN = {
  ...huvudman('kommunen1', '2120000001'),
  retention: { dormantDays: 200 },
} as HuvudmanSetting;

/** The local id of the so-manieth pupil of the spec, at every source that knows them. */
const idOf = (number: number) => `5e1f0000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const crowd = Array.from({ length: CROWD }, (_, index) => idOf(100 + index));
const [LIVE, BACK, LATE, BOTH, PARKED, ASKED, TEACHER, OTHER] = [1, 2, 3, 4, 5, 6, 7, 8].map(idOf) as [string, string, string, string, string, string, string, string]; // prettier-ignore

interface Preview {
  readonly mode: string;
  readonly policies: readonly { readonly huvudman: string; readonly dormantDays: number }[];
  readonly persons: number;
  readonly huvudmen: object;
  readonly kept: object;
  readonly examples: readonly string[];
  readonly lookedAt: number;
  readonly isWhole: boolean;
}
interface Run {
  readonly night: string;
  readonly mode: string;
  readonly state: string;
  readonly lookedAt: number;
  readonly erased: number;
  readonly kept: object;
}

describe('somebody whom nobody asserts any more', () => {
  let under: NormaliseUnderTest;
  let clock: SteppableClock;
  let token: string;

  const ask = <Answer>(path: string) => under.reads<Answer>(`v1/retention/${path}`, token);
  const preview = () => ask<Preview>('preview');
  const runs = async () => (await ask<{ runs: Run[] }>('runs')).runs;
  const look = (stage: BootedStage = under.stage) =>
    stage.app.get(RetentionSchedule, { strict: false }).look();
  const says = (from: string, id: string, more: object = {}) => {
    const place = from === 'sis' ? HERE : THERE;
    const pupil = { ...person(id, clock.now().toISOString(), place), civicNo: undefined, ...more };
    return under.send(from, 'ss12000.person.changed', JSON.parse(JSON.stringify(pupil)) as object, id); // prettier-ignore
  };
  const drops = (from: string, id: string) =>
    under.send(from, 'ss12000.person.deleted', { id, meta: { modified: clock.now().toISOString() } }, id); // prettier-ignore
  const count = async (where: string): Promise<number> => {
    const [row] = await under.services.query<{ count: number }>(
      `select count(*)::int as count from normalise.person where ${where}`,
    );
    return row!.count;
  };
  const dormant = (wanted: number) =>
    eventually(async () => expect(await count('dormant_since is not null')).toBe(wanted));
  const erased = () => count(`state->>'standing' = 'erased'`);
  const standingOf = async (localId: string) => {
    const rows = await under.services.query<{ standing: string }>(
      `select state->>'standing' as standing from normalise.claim join normalise.person on person.id = claim.person where local_id = $1`,
      [localId],
    );
    return rows.map(({ standing }) => standing);
  };
  /** The sources speak in the evening, so that none is silent; then it is half past one in UTC, the small hours in Sweden. */
  const night = async (number: number, speaking: readonly string[] = ['sis', 'fri']) => {
    const day = Math.floor(START.getTime() / DAY_MS + number) * DAY_MS;
    await clock.set(new Date(day - 4 * 3_600_000));
    for (const source of speaking) await drops(source, idOf(999_000 + number));
    const silence = under.stage.app.get(SourceSilenceSchedule, { strict: false });
    await eventually(async () => {
      await silence.look();
      const rows = await under.services.query<{ source: string }>(
        'select source from normalise.source_heard where heard = $1 order by source',
        [clock.now()],
      );
      expect(rows.map(({ source }) => source)).toEqual([...speaking].sort());
    });
    await clock.set(new Date(day + 90 * 60_000));
  };
  const decide = async (setting: Partial<RetentionSetting>) => {
    await under.write({ ...RETENTION, ...setting });
    const mode = setting.mode ?? RETENTION.mode;
    await eventually(async () => expect((await preview()).mode).toBe(mode));
  };

  beforeAll(async () => {
    clock = new SteppableClock(START);
    under = await NormaliseUnderTest.start('retention', clock);
    token = await accessToken('protection-officer', ['admin:read']);
    await under.write(KOMMUNEN);
    for (const [code, owner] of [
      ['31279295', '2120000001'],
      ['12345674', '5560000001'],
    ] as const) {
      await under.send('units', 'school-units.unit.changed', schoolUnit(code, owner), code);
    }
    const [both, asked] = [
      { civicNo: { value: '201801012392' }, birthDate: '2018-01-01' },
      { civicNo: { value: '201801022383' }, birthDate: '2018-01-02' },
    ];
    for (const id of [...crowd, LIVE, BACK, LATE, PARKED, TEACHER]) await says('sis', id);
    await says('sis', BOTH, both);
    await says('fri', BOTH, both);
    await says('sis', ASKED, asked);
    await eventually(async () => expect(await count('true')).toBe(CROWD + 7));
    await under.send('platform', 'canvas.user_updated', accountOf(LIVE), LIVE);
    await under.send('sis', 'ss12000.duty.changed', dutyOf(TEACHER), `duty ${TEACHER}`);
    await eventually(async () => {
      const rows = await under.services.query(`select 1 from normalise.claim where kind = 'account' and person is not null union all
        select 1 from normalise.source_object where kind = 'duty' and person is not null`); // prettier-ignore
      expect(rows).toHaveLength(2);
    });
    await clock.advance(60_000);
    for (const id of [...crowd, LIVE, BACK, BOTH, PARKED, ASKED, TEACHER]) await drops('sis', id);
    await drops('fri', BOTH);
    await dormant(CROWD + 6);
    await clock.advance(60_000);
    const bad = await says('sis', PARKED, { civicNo: { value: '201003142386' } });
    await under.parkedAs(bad, 'bad-data');
    const said = { ...asked, givenName: 'Bo', familyName: 'Annan', birthDate: '2018-01-03' };
    await under.parkedAs(await says('fri', OTHER, said), 'contradiction');
  });
  afterAll(() => under?.stop());

  it('is looked at only when the time is over, and who has come back meanwhile begins anew', async () => {
    await clock.set(new Date(START.getTime() + 150 * DAY_MS));
    await says('sis', BACK);
    await dormant(CROWD + 5);
    await clock.advance(60_000);
    for (const id of [BACK, LATE]) await drops('sis', id);
    await dormant(CROWD + 7);
    await night(200);
    await look();
    expect(await preview()).toMatchObject({ persons: 0, lookedAt: 0, isWhole: true });
    expect(await runs()).toMatchObject([{ lookedAt: 0, erased: 0, state: 'done' }]);
  });

  it('is only counted until an operator has switched it on; the preview says the same as the log', async () => {
    await night(201);
    await look();
    await look();
    const kept = {
      'kept-for-another': 1,
      'live-claim': 1,
      'enrolment-or-duty': 1,
      'parked-event': 1,
      'open-question': 1,
    };
    const [run, ...before] = await runs();
    expect(run).toMatchObject({ mode: 'dry-run', state: 'done', lookedAt: CROWD + 5, erased: CROWD, kept }); // prettier-ignore
    expect(run!.kept).toEqual(kept);
    expect(before).toHaveLength(1);
    const seen = await preview();
    expect(seen).toMatchObject({
      mode: 'dry-run',
      policies: [
        { huvudman: 'friskola1', dormantDays: 730 },
        { huvudman: 'kommunen1', dormantDays: 200 },
      ],
      persons: CROWD,
      huvudmen: { kommunen1: { persons: CROWD, keptForAnother: 1 } },
      lookedAt: CROWD + 5,
      isWhole: true,
    });
    expect(seen.kept).toEqual(kept);
    expect(seen.examples).toHaveLength(10);
    expect(await erased()).toBe(0);
  });

  it('goes, once it is switched on; a crash repeats nobody, and what another process has in hand is left to it', async () => {
    await decide({ mode: 'erase' });
    await look();
    expect(await erased()).toBe(0); // the night has had its run
    await night(202);
    const ids = await dueIds(under);
    await under.services.query(`
      create function crash() returns trigger language plpgsql as $$ begin raise exception 'the process is gone'; end $$;
      create trigger crash before update on normalise.person for each row when (old.id = '${ids.at(-1)!}') execute function crash()`);
    await expect(look()).rejects.toThrow('the process is gone');
    await under.restart({});
    await under.services.query('drop function crash cascade');
    const first = await erased();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(CROWD);
    expect(await runs()).toMatchObject([{ state: 'running', erased: first }, {}, {}]);

    await whileInOtherHands(under, () => look());
    expect(await erased()).toBe(first);

    const second = await under.second();
    try {
      await Promise.all([look(), look(second)]);
    } finally {
      await second.stop();
    }
    expect(await erased()).toBe(CROWD);
    expect(await runs()).toMatchObject([{ mode: 'erase', state: 'done', lookedAt: CROWD + 5, erased: CROWD }, {}, {}]); // prettier-ignore
  });

  it('goes as by command: key, claims and identifiers, told once under the person’s id, and audited', async () => {
    const gone = await under.services.query<{ id: string; key: Buffer }>(
      `select id, key from normalise.person where state->>'standing' = 'erased'`,
    );
    expect(gone.every(({ key }) => key.length === 0)).toBe(true);
    const ids = gone.map(({ id }) => id).sort();
    const rows = await under.services.query(
      'select 1 from normalise.claim where person = any($1) union all select 1 from normalise.identifier where person = any($1)',
      [ids],
    );
    expect(rows).toEqual([]);
    const told = await eventually(async () => {
      const events = await under.told('urn:elevnav:normalise retention-2027-05-23');
      expect(events).toHaveLength(CROWD);
      return events;
    });
    expect(told.map(({ key }) => key).sort()).toEqual(ids);
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['person.erased']));
    const schema = schemaOf('canonical.events', told[0]!.headers.ce_type!)!;
    expect(told.flatMap(({ data }) => schema.faults(data))).toEqual([]);
    const audited = await under.services.query<{ about: string }>(
      `select about from normalise.audit where action = 'retention.applied' order by about`,
    );
    expect(audited.map(({ about }) => about)).toEqual(ids);
    const looked = await under.services.query(
      `select distinct about from normalise.audit where action = 'retention.read' and client = 'protection-officer' order by about`,
    );
    expect(looked).toEqual([{ about: 'retention/preview' }, { about: 'retention/runs' }]);
  });

  it('stays while the run is paused, and beside one that was switched off again', async () => {
    await decide({ mode: 'paused' });
    await night(300);
    await look();
    const before = await runs();
    expect(before[0]).toMatchObject({ mode: 'erase', state: 'done' });
    await under.services.query(
      `insert into normalise.retention_run (night, mode, state, began_at, passed)
       values ('2027-08-29', 'erase', 'running', $1, '00000000-0000-0000-0000-000000000000')`,
      [clock.now()],
    );
    await decide({ mode: 'dry-run' });
    await look();
    expect((await runs())[0]).toMatchObject({ mode: 'erase', state: 'stopped', erased: 0 });
  });

  it('stays for the huvudman that keeps longest, and while a source that knew them is silent', async () => {
    await under.write({ ...huvudman('friskola1', '5560000001'), retention: { dormantDays: 305 } } as HuvudmanSetting); // prettier-ignore
    await decide({ mode: 'erase' });
    await night(306, ['sis']);
    await look();
    expect((await runs())[0]).toMatchObject({ erased: 0, kept: { 'silent-source': 1 } });
    expect(await standingOf(BOTH)).toEqual(['dormant', 'dormant']);
    await night(307);
    await look();
    expect((await runs())[0]).toMatchObject({ erased: 1, state: 'done' });
    expect(await standingOf(BOTH)).toEqual([]);
    expect(await standingOf(BACK)).toEqual(['dormant']);
  });

  it('who came back is kept as long again; a question that was settled is forgotten', async () => {
    await under.services.query(
      `update normalise.parked set state = 'discarded', ended_at = now() where code = 'contradiction'`,
    );
    await night(350);
    await look();
    expect(await standingOf(BACK)).toEqual(['dormant']);
    await night(351);
    await look();
    const [run] = await runs();
    expect(run).toMatchObject({ erased: 2, state: 'done' });
    expect([...(await standingOf(BACK)), ...(await standingOf(LATE))]).toEqual([]);
    expect(await standingOf(LIVE)).toEqual(['dormant']);
    expect(await under.services.query('select 1 from normalise.question')).toEqual([]);
  });

  it('of two who turn out to be one the one who has been so for less long counts', async () => {
    const number = { civicNo: { value: '201801052398' }, birthDate: '2018-01-05' };
    const before = await count('dormant_since is not null');
    await says('fri', idOf(10), number);
    await says('sis', idOf(11));
    await eventually(async () => expect(await standingOf(idOf(10))).toEqual(['present']));
    await eventually(async () => expect(await standingOf(idOf(11))).toEqual(['present']));
    await clock.advance(DAY_MS);
    await drops('fri', idOf(10));
    await dormant(before + 1);
    const late = clock.now().toISOString();
    await clock.advance(DAY_MS);
    await drops('sis', idOf(11));
    await dormant(before + 2);
    const last = clock.now();
    await clock.advance(DAY_MS);
    const word = person(idOf(11), late, HERE, number);
    await under.tellsInAnyOrder(
      await under.send('sis', 'ss12000.person.changed', word, idOf(11)),
      'person.merged',
      'person.merged',
    );
    const rows = await under.services.query<{ since: Date }>(
      `select dormant_since as since from normalise.claim join normalise.person on person.id = claim.person where local_id = any($1)`,
      [[idOf(10), idOf(11)]],
    );
    expect(rows.map(({ since }) => since)).toEqual([last, last]);
  });
});

function accountOf(localId: string): object {
  return {
    metadata: { event_name: 'user_updated', event_time: '2026-11-01T08:00:00.000Z' },
    body: {
      user_id: '21070000000025999',
      user_login: 'k7m2q9@skola.example',
      user_sis_id: localId,
      updated_at: '2026-11-01T07:59:59Z',
      workflow_state: 'registered',
    },
  };
}

/** Told later than that the teacher was dropped: else it would have ended with them. */
const DUTY_TOLD = new Date(START.getTime() + 120_000).toISOString();

function dutyOf(localId: string): object {
  return {
    id: idOf(900),
    meta: { created: '2026-08-01T08:00:00+02:00', modified: DUTY_TOLD },
    person: { id: localId },
    dutyAt: { id: HERE },
    dutyRole: 'Lärare',
    startDate: '2026-08-01',
  };
}

/** The hub's ids of the crowd, in the order in which a run comes to them. */
async function dueIds(under: NormaliseUnderTest): Promise<string[]> {
  const rows = await under.services.query<{ id: string }>(
    'select person as id from normalise.claim where local_id = any($1) order by person',
    [crowd],
  );
  return rows.map(({ id }) => id);
}

/** As another process that has the run in hand would. */
async function whileInOtherHands(
  { services }: NormaliseUnderTest,
  work: () => Promise<void>,
): Promise<void> {
  const other = new pg.Client({ connectionString: services.databaseUrl });
  await other.connect();
  try {
    await other.query('begin');
    await other.query(`select from normalise.retention_run where state = 'running' for update`);
    await work();
  } finally {
    await other.end();
  }
}
