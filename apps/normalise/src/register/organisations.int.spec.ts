import { nationalId } from '#canonical';
import { NormaliseUnderTest } from '../../test/normalise-under-test.js';

const [ONE, OTHER, STRANGE] = ['1', '2', '3'].map((last) => `3b1e5c5e-6a4b-5d8a-9b0e-00000000000${last}`) as [string, string, string]; // prettier-ignore
const ID = nationalId('2120000001');

describe('a huvudman that its sources name as an organisation', () => {
  let under: NormaliseUnderTest;

  beforeAll(async () => {
    under = await NormaliseUnderTest.start('organisations');
  });
  afterAll(() => under?.stop());

  const says = (id: string, day: string, more: object = {}) =>
    under.send(
      'sis',
      'ss12000.organisation.changed',
      {
        id,
        meta: { modified: `2026-${day}T08:00:00+02:00` },
        displayName: 'Exempelkommunen',
        organisationType: 'Huvudman',
        organisationNumber: 'SE212000-0001',
        ...more,
      },
      id,
    );

  it('has Skolverket’s id, is one in all records of it, and counts its events as one', async () => {
    const [registered] = await under.tells(await says(ONE, '08-01'), 'organisation.registered');
    expect(registered).toMatchObject({ key: ID, data: { organisation: { id: ID } } });
    await under.tells(await says(OTHER, '08-01'));
    const changed = await says(OTHER, '08-02', { displayName: 'Kommunen' });
    const [told] = await under.tells(changed, 'organisation.changed');
    expect(told!.key).toBe(ID);
    expect(told!.headers.ce_sequence! > registered!.headers.ce_sequence!).toBe(true);
    const gone = { id: OTHER, deleted: '2026-08-03T08:00:00+02:00' };
    const [left] = await under.tells(
      await under.send('sis', 'ss12000.organisation.deleted', gone, OTHER),
      'organisation.changed',
    );
    expect(left!.data).toMatchObject({ organisation: { displayName: 'Exempelkommunen' } });
    const last = { id: ONE, deleted: '2026-08-03T08:00:00+02:00' };
    await under.tells(
      await under.send('sis', 'ss12000.organisation.deleted', last, ONE),
      'organisation.closed',
    );
    const numbers = await under.services.query<{ emitted: number }>(
      `select distinct emitted from normalise.source_organisation where doc->>'id' = $1`,
      [ID],
    );
    expect(numbers).toEqual([{ emitted: 4 }]);
  });

  it('is parked when the number is another huvudman’s', async () => {
    const said = await says(STRANGE, '08-01', { organisationNumber: '5560000001' });
    await under.parkedAs(said, 'unit-not-yours');
  });
});
