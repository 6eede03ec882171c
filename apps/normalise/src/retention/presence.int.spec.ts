import type { HuvudmanSetting, RetentionSetting } from '#canonical';
import { SteppableClock } from '#runtime';
import { accessToken, eventually } from '#testing';
import {
  HERE,
  NormaliseUnderTest,
  huvudman,
  person,
  schoolUnit,
} from '../../test/normalise-under-test.js';
import { CHUNK_REPORTS } from './retain-chunk.js';
import { RetentionSchedule } from './retention.schedule.js';

const PUPIL = '1d0c4c5d-4a3b-5c7a-8a9d-9a0c8e5f0b00';
const CODE = '31279295';
const SAID = '2026-09-01T06:15:22.417+02:00';
/** Half past two in the night in Sweden. */
const nightOf = (day: string) => new Date(`${day}T01:30:00Z`);
const reportId = (number: number) => `e2af1677-0000-4000-8000-${String(number).padStart(12, '0')}`;
const RETENTION: RetentionSetting = { kind: 'retention', id: 'register', mode: 'dry-run', presenceDays: 102 }; // prettier-ignore
/** More than one step of a run deletes. */
const FILLED = CHUNK_REPORTS + 10;

describe('a report of presence', () => {
  let under: NormaliseUnderTest;
  let clock: SteppableClock;
  let token: string;

  const ask = <Answer>(path: string) => under.reads<Answer>(`v1/retention/${path}`, token);
  const preview = () => ask<{ presence: number; presenceDays: number; policies: object[] }>('preview'); // prettier-ignore
  const lastRun = async () => (await ask<{ runs: object[] }>('runs')).runs[0];
  const absent = (number: number, from: string, to: string, more: object = {}) =>
    under.send(
      'absence',
      'ss12000.absence.reported',
      {
        id: reportId(number),
        meta: { created: SAID, modified: SAID },
        startTime: `${from}T08:00:00+02:00`,
        endTime: `${to}T16:00:00+02:00`,
        type: 'Anmäld frånvaro',
        student: { id: PUPIL },
        organisation: { id: HERE },
        ...more,
      },
      reportId(number),
    );
  const corrected = (number: number, day: string) =>
    absent(number, day, day, { meta: { created: SAID, modified: clock.now().toISOString() }, type: 'Beviljad ledighet' }); // prettier-ignore
  const days = async () => {
    const rows = await under.services.query<{ day: string }>(
      `select last_day::text as day from normalise.source_object where kind = 'presence' and person is not null order by last_day`,
    );
    return rows.map(({ day }) => day);
  };
  const filteredAs = (cause: string) =>
    eventually(async () => {
      const [row] = await under.services.query<{ outcome: string }>(
        'select outcome from normalise.filtered where cause = $1',
        [cause],
      );
      expect(row).toBeDefined();
      return row!.outcome;
    });
  const decide = async (setting: Partial<RetentionSetting>) => {
    await under.write({ ...RETENTION, ...setting });
    const wanted = setting.presenceDays ?? RETENTION.presenceDays;
    await eventually(async () => {
      expect(await preview()).toMatchObject({ mode: setting.mode ?? RETENTION.mode, presenceDays: wanted }); // prettier-ignore
    });
  };
  const look = async (day: string) => {
    await clock.set(nightOf(day));
    await under.stage.app.get(RetentionSchedule, { strict: false }).look();
  };

  beforeAll(async () => {
    clock = new SteppableClock(new Date('2026-09-10T12:00:00Z'));
    under = await NormaliseUnderTest.start('presence', clock);
    token = await accessToken('protection-officer', ['admin:read']);
    await under.send('units', 'school-units.unit.changed', schoolUnit(CODE, '2120000001'), CODE);
    const pupil = person(PUPIL, '2026-08-18T06:15:22.417+02:00', HERE);
    await under.tells(await under.send('sis', 'ss12000.person.changed', pupil, PUPIL), 'person.registered', 'enrolment.started'); // prettier-ignore
    await under.tells(await absent(1, '2026-09-01', '2026-09-01'), 'absence.reported');
    await under.tells(await absent(2, '2026-09-01', '2026-09-04'), 'absence.reported');
    await under.tells(await absent(3, '2026-09-07', '2026-09-07'), 'absence.reported');
  });
  afterAll(() => under?.stop());

  it('is found by the last day in Sweden that it is about', async () => {
    expect(await days()).toEqual(['2026-09-01', '2026-09-04', '2026-09-07']);
    await decide({});
    expect(await preview()).toMatchObject({
      presence: 0,
      policies: [{ huvudman: 'friskola1', presenceDays: 102 }, { huvudman: 'kommunen1', presenceDays: 102 }], // prettier-ignore
    });
  });

  it('is only counted until an operator has switched the retention on', async () => {
    await look('2026-12-13');
    expect(await lastRun()).toMatchObject({ mode: 'dry-run', state: 'done', presence: 1 });
    expect((await preview()).presence).toBe(1);
    expect(await days()).toHaveLength(3);
  });

  it('is deleted when its time is over: its huvudman’s own, or else the hub’s', async () => {
    await decide({ mode: 'erase' });
    await look('2026-12-13');
    expect(await days()).toHaveLength(3); // the night has had its run
    await look('2026-12-14');
    expect(await lastRun()).toMatchObject({ mode: 'erase', state: 'done', presence: 1 });
    expect(await days()).toEqual(['2026-09-04', '2026-09-07']);
    await under.write({ ...huvudman('kommunen1', '2120000001'), retention: { presenceDays: 100 } } as HuvudmanSetting); // prettier-ignore
    await eventually(async () => expect((await preview()).presence).toBe(1));
    await look('2026-12-15');
    expect(await days()).toEqual(['2026-09-07']);
  });

  it('is not taken in again when its source says it once more, in the same words or in new ones', async () => {
    expect(await filteredAs(await absent(1, '2026-09-01', '2026-09-01'))).toBe('filtered:irrelevant'); // prettier-ignore
    expect(await filteredAs(await corrected(2, '2026-09-04'))).toBe('filtered:irrelevant');
    expect(await days()).toEqual(['2026-09-07']);
  });

  it('that is still kept is corrected as before', async () => {
    await under.tells(await corrected(3, '2026-09-07'), 'absence.corrected');
    const late = await absent(4, '2026-10-01', '2026-10-01');
    await under.tells(late, 'absence.reported');
    expect(await days()).toEqual(['2026-09-07', '2026-10-01']);
  });

  it('goes with all the others of its time, however many', async () => {
    await under.services.query(
      `insert into normalise.source_object (id, kind, source, person, modified, sequence, deleted, content, doc, emitted, last_day)
       select gen_random_uuid(), kind, source, person, modified, sequence, deleted, content, doc, emitted, last_day
       from normalise.source_object, generate_series(2, $1::int) where last_day = '2026-09-07'`,
      [FILLED],
    );
    await look('2026-12-17');
    expect(await lastRun()).toMatchObject({ state: 'done', presence: FILLED });
    expect(await days()).toEqual(['2026-10-01']);
  });
});
