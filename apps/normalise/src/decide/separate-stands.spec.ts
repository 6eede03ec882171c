import type { Fact, PersonAsserted } from '#adapters';
import { claimKey } from '../register/records.js';
import { decideSeparate } from './decide-separate.js';
import { enrolment, HERE, person, story, THERE } from './testing/given-register.js';

type Story = ReturnType<typeof story>;

const TF = { civicNo: '20100314TF01' };
const NUMBER = '201003142385';

function separate({ register }: Story, source: string, localId: string): void {
  const { person: id } = register.claims.get(claimKey(source, localId))!;
  const command = { name: 'separate', person: id!, source, localId } as const;
  const verdict = decideSeparate(command, 'command', register);
  if (verdict.is === 'refused') throw new Error(verdict.says);
  for (const one of verdict.forgets) {
    const key = claimKey(one.source, one.localId);
    if (register.answers.get(key)?.answer === 'same-person') register.answers.delete(key);
  }
  if (verdict.answer) register.answers.set(claimKey(source, localId), verdict.answer);
}

function answer(
  { register }: Story,
  [source, localId, number]: readonly [string, string, string],
  says: 'same-person' | 'different-persons',
): void {
  const numberDigest = register.keys.digest('civic-number', number);
  register.answers.set(claimKey(source, localId), { source, localId, numberDigest, answer: says });
}

describe('a record that a human has separated', () => {
  /** Two registers of a huvudman state one TF number; one of them comes to know the personnummer. */
  const separated = () => {
    const the = story();
    the.tell('sis', person('elev-1', '2026-08-18', TF));
    the.tell('vux', person('v-1', '2026-08-18', TF));
    the.tell('sis', person('elev-1', '2026-09-01'));
    expect(the.persons()).toHaveLength(1);
    separate(the, 'vux', 'v-1');
    expect(the.persons()).toHaveLength(2);
    return the;
  };
  const more = (fields: Partial<PersonAsserted>) => ({
    enrolments: [enrolment(HERE, '2026-08-20')],
    ...fields,
  });

  it('stays apart at the next word of its source', () => {
    const the = separated();
    expect(the.tell('vux', person('v-1', '2026-10-01', more(TF)))).not.toContain('merged');
    expect(the.persons()).toHaveLength(2);
  });

  it('stays apart when the other register tells late of the number that they had in common', () => {
    const the = separated();
    expect(the.tell('sis', person('elev-1', '2026-08-20', TF))).not.toContain('merged');
    expect(the.persons()).toHaveLength(2);
  });

  it('is asked about when it comes to state the other’s personnummer, and joins when a human says so', () => {
    const the = separated();
    const said = person('v-1', '2026-10-01', more({}));
    expect(the.tell('vux', said)).toBe('parked: contradiction');
    answer(the, ['vux', 'v-1', NUMBER], 'same-person');
    expect(the.tell('vux', said)).toContain('person.merged');
    expect(the.persons()).toHaveLength(1);
    expect(the.persons()[0]!.formerIds).toHaveLength(1);
    const [one] = [...the.register.persons.values()].filter(({ isEnded }) => !isEnded);
    expect(one!.apartFrom).toEqual([]);
  });

  it('stays apart from whoever the other turns out to be', () => {
    const the = separated();
    the.tell('vux', person('v-9', '2026-09-02', { civicNo: '20100314TF09' }));
    the.tell('vux', person('v-9', '2026-09-03'));
    expect(the.persons()).toHaveLength(2);
    expect(the.tell('vux', person('v-1', '2026-10-01', more({})))).toBe('parked: contradiction');
  });

  it('stays apart when an answer had joined them', () => {
    const the = story();
    the.tell('sis', person('elev-1', '2026-08-18'));
    const bo = { names: { givenName: 'Bo', familyName: 'Annan' } };
    answer(the, ['vux', 'v-1', NUMBER], 'same-person');
    the.tell('vux', person('v-1', '2026-08-19', bo));
    expect(the.persons()).toHaveLength(1);
    separate(the, 'vux', 'v-1');
    the.tell('vux', person('v-1', '2026-10-01', more(bo)));
    expect(the.persons()).toHaveLength(2);
    the.tell('sis', person('elev-1', '2026-10-02', more({})));
    expect(the.persons()).toHaveLength(2);
  });

  it('stays apart when the answer that had joined them was about the one who is left', () => {
    const the = story();
    const bo = { names: { givenName: 'Bo', familyName: 'Annan' } };
    the.tell('sis', person('elev-1', '2026-08-18', TF));
    answer(the, ['vux', 'v-1', '20100314TF01'], 'same-person');
    the.tell('vux', person('v-1', '2026-08-19', { ...bo, ...TF }));
    the.tell('vux', person('v-1', '2026-08-20', bo));
    expect(the.persons()).toHaveLength(1);
    separate(the, 'sis', 'elev-1');
    expect(the.persons()).toHaveLength(2);
    the.tell('vux', person('v-1', '2026-08-19', { ...bo, ...TF, enrolments: [] }));
    expect(the.persons()).toHaveLength(2);
  });

  it('stays apart when a third record states a number that names both', () => {
    const the = story();
    the.tell('sis', person('elev-1', '2026-08-18'));
    the.tell('vux', person('v-1', '2026-08-18'));
    separate(the, 'vux', 'v-1');
    const [one, other] = [...the.register.persons.values()];
    const digest = the.register.keys.digest('civic-number', NUMBER);
    the.register.holdIdentifier({ kind: 'civic', digest, scope: 'kommunen1' }, other!.id);
    expect(one!.apartFrom).toEqual([other!.id]);
    the.tell('fri', person('f-1', '2026-09-01', { enrolments: [] }));
    the.tell('fri', person('f-1', '2026-09-02', { enrolments: [], birthDate: '2010-03-14', eppns: ['f@fri.example'] })); // prettier-ignore
    expect(the.persons()).toHaveLength(2);
    expect(the.persons()[0]!.eppns).toHaveLength(1);
  });
});

describe('the duties of two records of one register that were joined', () => {
  const post = (localId: string, holder: string, more: object = {}): Fact => ({
    kind: 'duty-asserted',
    localId,
    modified: '2026-08-20T08:00:00.000000Z',
    person: holder,
    unit: HERE,
    dutyRole: 'Lärare',
    startDate: '2025-08-01',
    ...more,
  });
  const drops = (localId: string): Fact => ({
    kind: 'person-removed',
    localId,
    modified: '2026-10-01T08:00:00.000000Z',
  });
  const staff = { enrolments: [] };
  const teachers = () => {
    const the = story();
    the.tell('sis', person('lärare-1', '2026-08-18', staff));
    the.tell('sis', person('lärare-2', '2026-08-18', staff));
    the.tell('sis', post('tjänst-1', 'lärare-1'));
    the.tell('sis', post('tjänst-2', 'lärare-2', { dutyRole: 'Rektor' }));
    expect(the.persons()).toHaveLength(1);
    return the;
  };
  const roles = ({ persons }: Story) =>
    persons().map(({ duties }) => duties.map(({ dutyRole }) => dutyRole));

  it.each([
    ['lärare-2', [['Lärare'], ['Rektor']]],
    ['lärare-1', [['Rektor'], ['Lärare']]],
  ])('go with the record that holds them (%s is separated)', (localId, left) => {
    const the = teachers();
    separate(the, 'sis', localId);
    expect(roles(the)).toEqual(left);
    const ids = [...the.register.persons.keys()];
    for (const { person: one, holder } of the.register.objects.values()) {
      expect(ids.indexOf(one!)).toBe(holder === localId ? 1 : 0);
    }
  });

  it('end with their own record afterwards', () => {
    const the = teachers();
    separate(the, 'sis', 'lärare-2');
    expect(the.tell('sis', drops('lärare-2'))).toBe('duty.ended, person.dormant');
    expect(roles(the)).toEqual([['Lärare'], []]);
  });

  it('stay, where the hub has not kept whose they are, while a record of that register stays', () => {
    const the = teachers();
    for (const object of the.register.objects.values()) object.holder = null;
    separate(the, 'sis', 'lärare-2');
    expect(roles(the)).toEqual([['Lärare', 'Rektor'], []]);
  });

  it('no longer give way to each other at a school with another owner', () => {
    const owners = [
      { organisationNumber: '2120000001', since: '2026-01-01T00:00:00.000000Z' },
      { organisationNumber: '5560000001', since: '2026-07-01T00:00:00.000000Z' },
    ];
    const the = story();
    for (const from of ['sis', 'fri']) {
      the.register.units.set(claimKey(from, THERE), { code: '12345674', owners });
    }
    the.register.history.note('12345674', owners, undefined);
    the.tell('sis', person('lärare-1', '2026-08-18', staff));
    the.tell('fri', person('f-9', '2026-08-18', staff));
    the.tell('sis', post('tjänst-1', 'lärare-1', { unit: THERE, modified: '2026-06-01T08:00:00.000000Z' })); // prettier-ignore
    the.tell('fri', post('tjänst-9', 'f-9', { unit: THERE, startDate: '2026-08-17' }));
    separate(the, 'fri', 'f-9');
    const days = the.persons().map(({ duties }) => duties.map((one) => `${one.huvudman} ${one.startDate}–${one.endDate ?? ''}`)); // prettier-ignore
    expect(days).toEqual([
      ['friskola1 2026-07-01–', 'kommunen1 2025-08-01–2026-06-30'],
      ['friskola1 2026-08-17–'],
    ]);
  });
});
