import type { FindingData } from '#canonical';
import { eventually } from '#testing';
import { HERE, NormaliseUnderTest, THERE } from '../../test/normalise-under-test.js';

const [AT_FIRST, AT_NEXT] = ['4c1e5c5e-6a4b-5d8a-9b0e-000000000001', '4c1e5c5e-6a4b-5d8a-9b0e-000000000002'] as const; // prettier-ignore

describe('a pupil of whom one register states a death and another does not', () => {
  let under: NormaliseUnderTest;

  beforeAll(async () => {
    under = await NormaliseUnderTest.start('held-status');
    await under.tellUnits();
  });
  afterAll(() => under?.stop());

  const tells = (...states: string[]) =>
    eventually(async () => {
      const told = (await under.services.readAll('findings'))
        .map(({ value }) => JSON.parse(value!) as FindingData)
        .filter(({ cause }) => cause === 'person-status-held');
      expect(told.map(({ state }) => state)).toEqual(states);
      return told;
    });

  it('is a finding until the registers agree, and again when they do not, which no huvudman and no source is named in', async () => {
    const said = await under.says('sis', AT_FIRST, '2026-08-18T06:00:00+02:00', HERE);
    const [registered] = await under.tells(said, 'person.registered', 'enrolment.started');
    const { id } = registered!.data.person;
    await under.tells(
      await under.says('fri', AT_NEXT, '2026-08-18T06:00:00+02:00', THERE),
      'enrolment.started',
    );
    const dead = { personStatus: 'Avliden' };
    const death = await under.says('sis', AT_FIRST, '2026-08-19T06:00:00+02:00', HERE, dead);
    const [opened] = await tells('opened');
    expect(opened).toEqual({
      id: `person-status-held/${id}`,
      state: 'opened',
      stage: 'normalise',
      cause: 'person-status-held',
      subject: id,
      since: opened!.since,
      mustAct: 'operator',
    });
    expect(await under.told(death)).toEqual([]);
    await under.says('fri', AT_NEXT, '2026-08-20T06:00:00+02:00', THERE, dead);
    await tells('opened', 'closed');
    await under.says('fri', AT_NEXT, '2026-08-21T06:00:00+02:00', THERE);
    await tells('opened', 'closed', 'opened');
    await under.send('fri', 'ss12000.person.deleted', { id: AT_NEXT, deleted: '2026-08-22T06:00:00+02:00' }, AT_NEXT); // prettier-ignore
    const told = await tells('opened', 'closed', 'opened', 'closed');
    expect(told[2]!.since).toBe(told[3]!.since);
    const rows = await under.services.query('select from normalise.person where status_held_since is not null'); // prettier-ignore
    expect(rows).toEqual([]);
  });
});
