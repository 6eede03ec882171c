import { eventually } from '#testing';
import { HERE, NormaliseUnderTest, THERE, schoolUnit } from '../../test/normalise-under-test.js';

const [AT_FIRST, AT_NEXT] = [
  '2d1e5c5e-6a4b-5d8a-9b0e-000000000001',
  '2d1e5c5e-6a4b-5d8a-9b0e-000000000002',
];
const NEVER = '2d1e5c5e-6a4b-5d8a-9b0e-000000000009';

describe('a teacher whose school has gone to another owner', () => {
  let under: NormaliseUnderTest;

  beforeAll(async () => {
    under = await NormaliseUnderTest.start('own-duties');
    await under.tellUnits();
  });
  afterAll(() => under?.stop());

  const duty = (from: string, id: string, holder: string, more: object) =>
    under.send(from, 'ss12000.duty.changed', dutyOf(id, holder, more), `duty ${id}`);
  const goesTo = (day: string, owner: string) => {
    const told = schoolUnit('31279295', owner);
    const meta = { ...told.meta, extractDate: `${day}T00:06:11.02+02:00` };
    return under.send('units', 'school-units.unit.changed', { ...told, meta }, '31279295');
  };
  const isTold = (person: string, ...wanted: string[]) =>
    eventually(async () => {
      const [row] = await under.services.query<{ duties: { huvudman: string; startDate: string; endDate?: string }[] }>(
        `select state->'duties' as duties from normalise.person where id = $1`,
        [person],
      ); // prettier-ignore
      const days = row!.duties.map((one) => `${one.huvudman} ${one.startDate}–${one.endDate ?? ''}`); // prettier-ignore
      expect(days.sort()).toEqual(wanted);
    });

  it('has there what the new owner says, from the day that it names, and what was carried over until then', async () => {
    const said = await under.says('sis', AT_FIRST, '2026-08-18T06:15:22.417+02:00', HERE);
    const [registered] = await under.tells(said, 'person.registered', 'enrolment.started');
    const { id } = registered!.data.person;
    await under.tells(
      await under.says('fri', AT_NEXT, '2026-08-18T06:15:22.417+02:00', THERE),
      'enrolment.started',
    );
    await under.tells(await duty('sis', AT_FIRST, AT_FIRST, {}), 'duty.started');
    await goesTo('2026-09-01', '5560000001');
    const before = 'kommunen1 2026-08-17–2026-08-31';
    await isTold(id, 'friskola1 2026-09-01–', before);
    const days = { startDate: '2026-09-14', endDate: '2026-10-09' };
    await duty('fri', AT_NEXT, AT_NEXT, days);
    await isTold(id, 'friskola1 2026-09-01–2026-09-13', 'friskola1 2026-09-14–2026-10-09', before);
    const meta = { created: '2026-08-01T08:00:00+02:00', modified: '2026-08-20T08:00:00+02:00' };
    await duty('sis', AT_FIRST, AT_FIRST, { meta, dutyRole: 'Förstelärare' });
    await isTold(id, 'friskola1 2026-09-01–2026-09-13', 'friskola1 2026-09-14–2026-10-09', before);
    await duty('fri', NEVER, AT_NEXT, { ...days, startDate: '2026-09-07' });
    await isTold(
      id,
      'friskola1 2026-09-01–2026-09-06',
      'friskola1 2026-09-07–2026-10-09',
      'friskola1 2026-09-14–2026-10-09',
      before,
    );
  });
});

function dutyOf(id: string, holder: string, more: object) {
  return {
    id,
    meta: { created: '2026-08-01T08:00:00+02:00', modified: '2026-08-18T08:00:00+02:00' },
    person: { id: holder },
    dutyAt: { id: HERE },
    dutyRole: 'Lärare',
    startDate: '2026-08-17',
    ...more,
  };
}
