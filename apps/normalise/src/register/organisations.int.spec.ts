import { nationalId } from '#canonical';
import { NormaliseUnderTest } from '../../test/normalise-under-test.js';

const [ONE, OTHER, STRANGE, NEW] = ['1', '2', '3', '4'].map((last) => `3b1e5c5e-6a4b-5d8a-9b0e-00000000000${last}`) as [string, string, string, string]; // prettier-ignore
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
      `select emitted from normalise.organisation where id = $1`,
      [ID],
    );
    expect(numbers).toEqual([{ emitted: 4 }]);
  });

  it('counts on when its number, which nobody has stated for a while, is stated by a record that is new', async () => {
    const [again] = await under.tells(await says(ONE, '08-04'), 'organisation.registered');
    const left = await says(ONE, '08-05', { organisationType: 'Skola' });
    const told = await under.tellsInAnyOrder(left, 'organisation.closed', 'organisation.registered'); // prettier-ignore
    const closed = told.find(({ key }) => key === ID)!;
    const [anew] = await under.tells(await says(NEW, '08-06'), 'organisation.registered');
    const sequences = [again!, closed, anew!].map(({ headers }) => headers.ce_sequence!);
    expect(sequences).toEqual([...new Set(sequences)].sort());
    expect(anew!.key).toBe(ID);
  });

  it('is parked when the number is another huvudman’s', async () => {
    const said = await says(STRANGE, '08-01', { organisationNumber: '5560000001' });
    await under.parkedAs(said, 'unit-not-yours');
  });
});
