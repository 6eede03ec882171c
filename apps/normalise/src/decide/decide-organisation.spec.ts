import type { OrganisationAsserted } from '#adapters';
import { nationalId, type OrganisationState } from '#canonical';
import type { Announcement } from './verdict.js';
import { huvudmanId } from './organisation-id.js';
import { HUVUDMEN, story } from './testing/given-register.js';

const OWN = '2120000001';
const ID = nationalId(OWN);

const says = (day: string, more: Partial<OrganisationAsserted> = {}): OrganisationAsserted => ({
  kind: 'organisation-asserted',
  localId: 'kommunen',
  modified: `${day}T08:00:00.000000Z`,
  organisationType: 'Huvudman',
  displayName: 'Exempelkommunen',
  organisationNumber: OWN,
  schoolTypes: [],
  ...more,
});
const drops = (day: string, localId = 'kommunen') => ({
  kind: 'organisation-removed' as const,
  localId,
  modified: `${day}T08:00:00.000000Z`,
});
const stateOf = ({ data }: Announcement) =>
  (data as { organisation: OrganisationState }).organisation;

describe('the id of a huvudman', () => {
  it('is Skolverket’s, made of the ten digits', () => {
    expect(huvudmanId(OWN)).toBe(ID);
    expect(nationalId('31279295')).toBe('fb22448b-b724-5e53-8a2c-d8b339206901');
  });

  it('is so for Skolverket’s own example too, whose check digit is wrong', () => {
    expect(huvudmanId('5567044268')).toBe('657ae6a4-2978-5fbe-b357-ba353c0f03b5');
  });

  it.each(['7010632391', '1003142385'])(
    'is none of a sole trader’s, whose number is a personnummer (%s)',
    (number) => {
      expect(huvudmanId(number)).toBeUndefined();
    },
  );
});

describe('an organisation of the type Huvudman', () => {
  it('has the id by the rule', () => {
    const { tell, announcements } = story();
    expect(tell('sis', says('2026-10-01'))).toBe('organisation.registered');
    expect(announcements[0]).toMatchObject({ subject: ID, data: { organisation: { id: ID } } });
    expect(JSON.stringify(announcements)).not.toContain(OWN);
  });

  it('of a sole trader has an id that nobody can compute, and so has one without a number', () => {
    const { tell, announcements, register } = story();
    const trader = HUVUDMEN.find(({ id }) => id === 'stiftelse1')!;
    const before = trader.organisationNumber;
    Object.assign(trader, { organisationNumber: '7010632391' });
    expect(tell('stift', says('2026-10-01', { organisationNumber: '7010632391' }))).toBe('organisation.registered'); // prettier-ignore
    Object.assign(trader, { organisationNumber: before });
    tell('sis', says('2026-10-01', { organisationNumber: undefined }));
    const ids = announcements.map(({ subject }) => subject);
    expect(ids[0]).not.toBe(nationalId('7010632391'));
    expect(ids[1]).not.toBe(ID);
    expect(JSON.stringify([...register.organisations.values()])).not.toContain('7010632391');
  });

  it('with another huvudman’s number is parked as that one’s school unit would be, without a word of whose it is', () => {
    const { tell, announcements } = story();
    expect(tell('sis', says('2026-10-01', { organisationNumber: '5560000001' }))).toBe('parked: unit-not-yours'); // prettier-ignore
    expect(announcements).toEqual([]);
  });

  it('is one organisation in two sources of its huvudman, whose events are counted together', () => {
    const { tell, announcements } = story();
    tell('sis', says('2026-10-01'));
    expect(tell('vux', says('2026-10-01', { localId: 'k' }))).toBe('filtered:unchanged');
    expect(tell('vux', says('2026-10-03', { localId: 'k', displayName: 'Kommunen' }))).toBe('organisation.changed'); // prettier-ignore
    expect(tell('sis', says('2026-10-02', { displayName: 'Exempel' }))).toBe('filtered:unchanged');
    expect(tell('vux', drops('2026-10-04', 'k'))).toBe('organisation.changed');
    expect(stateOf(announcements.at(-1)!).displayName).toBe('Exempel');
    expect(tell('sis', drops('2026-10-04'))).toBe('organisation.closed');
    expect(tell('vux', says('2026-10-05', { localId: 'k' }))).toBe('organisation.registered');
    expect(announcements.map(({ subject }) => subject)).toEqual(announcements.map(() => ID));
    expect(announcements.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('comes to the same in whichever order its sources speak', () => {
    const facts = [
      ['sis', says('2026-10-01')],
      ['vux', says('2026-10-02', { localId: 'k', displayName: 'Kommunen' })],
    ] as const;
    const names = [facts, [...facts].reverse()].map((order) => {
      const { tell, announcements } = story();
      for (const [from, fact] of order) tell(from, fact);
      return stateOf(announcements.at(-1)!).displayName;
    });
    expect(names).toEqual(['Kommunen', 'Kommunen']);
  });

  it('that gets its number later, or another, closes under the id that it had, and its source’s id names it as before', () => {
    const { tell, announcements, register, arrivals } = story();
    tell('sis', says('2026-10-01', { organisationNumber: undefined }));
    const first = announcements[0]!.subject;
    expect(tell('sis', says('2026-10-02'))).toBe('organisation.closed, organisation.registered');
    expect(announcements.map(({ subject }) => subject)).toEqual([first, first, ID]);
    const own = HUVUDMEN[0]!;
    Object.assign(own, { organisationNumber: '2120000002' });
    const told = tell('sis', says('2026-10-03', { organisationNumber: '2120000002' }));
    Object.assign(own, { organisationNumber: OWN });
    expect(told).toBe('organisation.closed, organisation.registered');
    expect(announcements.slice(-2).map(({ subject }) => subject)).toEqual([ID, nationalId('2120000002')]); // prettier-ignore
    expect(register.organisations.size).toBe(1);
    expect(arrivals).toContain('unit/kommunen');
  });

  it('that another source still names so keeps the id when one gets another number', () => {
    const { tell, announcements } = story();
    tell('sis', says('2026-10-01'));
    tell('vux', says('2026-10-01', { localId: 'k' }));
    tell('sis', says('2026-10-02', { organisationNumber: undefined }));
    const closed = announcements.filter(({ type }) => type.endsWith('closed'));
    expect(closed).toEqual([]);
  });

  it('whose number nobody states any more goes on counting when another record states it', () => {
    const { tell, announcements } = story();
    tell('sis', says('2026-10-01'));
    tell('sis', says('2026-10-02', { displayName: 'Kommunen' }));
    tell('sis', says('2026-10-03', { organisationNumber: undefined }));
    expect(tell('vux', says('2026-10-04', { localId: 'k' }))).toBe('organisation.registered');
    const numbers = announcements.flatMap(({ subject, number }) =>
      subject === ID ? [number] : [],
    );
    expect(numbers).toEqual([1, 2, 3, 4]);
  });

  it('with a number that the settings give to two huvudmän is parked until they give it to one', () => {
    const { tell, announcements } = story();
    const free = HUVUDMEN[1]!;
    const before = free.organisationNumber;
    Object.assign(free, { organisationNumber: OWN });
    const told = [tell('sis', says('2026-10-01')), tell('fri', says('2026-10-01'))];
    Object.assign(free, { organisationNumber: before });
    expect(told).toEqual(['parked: unit-not-yours', 'parked: unit-not-yours']);
    expect(announcements).toEqual([]);
    expect(tell('sis', says('2026-10-01'))).toBe('organisation.registered');
  });

  it('is its huvudman’s alone: what another’s sources said of the number while it was theirs does not count', () => {
    const { tell, announcements } = story();
    const [own, free] = [HUVUDMEN[0]!, HUVUDMEN[1]!];
    const before = free.organisationNumber;
    tell('sis', says('2026-10-09', { displayName: 'Förr' }));
    Object.assign(own, { organisationNumber: '2120000002' });
    Object.assign(free, { organisationNumber: OWN });
    const told = tell('fri', says('2026-10-01', { displayName: 'Nu' }));
    const gone = tell('sis', drops('2026-10-10'));
    const changed = tell('fri', says('2026-10-02', { displayName: 'Nu igen' }));
    Object.assign(own, { organisationNumber: OWN });
    Object.assign(free, { organisationNumber: before });
    expect([told, gone, changed]).toEqual(['organisation.registered', 'filtered:irrelevant', 'organisation.changed']); // prettier-ignore
    expect(announcements.map((one) => [stateOf(one).displayName, stateOf(one).huvudman])).toEqual([
      ['Förr', 'kommunen1'],
      ['Nu', 'friskola1'],
      ['Nu igen', 'friskola1'],
    ]);
    expect(announcements.map(({ number }) => number)).toEqual([1, 2, 3]);
  });
});
