import type { PersonState } from '#canonical';
import { claimKey } from '../register/records.js';
import { account, person, story, testReported } from './testing/given-register.js';
import { decideSeparate } from './decide-separate.js';

type Story = ReturnType<typeof story>;

const NUMBER = '201003142385';
const OTHER = '201003142393';
const otherPupil = { names: { givenName: 'Bo', familyName: 'Annan' }, civicNo: OTHER };

const eppnsOf = ({ eppns }: PersonState): string[] => eppns.map(({ value }) => value);

function separate({ register }: Story, source: string, localId: string) {
  const { person: id } = register.claims.get(claimKey(source, localId))!;
  return decideSeparate({ name: 'separate', person: id!, source, localId }, 'command', register);
}

/** The account as it was read before the hub kept whose it is. */
function forgetOwner({ register }: Story): void {
  const held = register.claims.get(claimKey('plattform', 'konto-1'))!;
  const asserted = { ...held.asserted, accountOf: undefined };
  Object.assign(held, { asserted });
}

/** A human has said that the number under the local id is somebody else's. */
function answerOther({ register }: Story, localId: string, number: string): void {
  const numberDigest = register.keys.digest('civic-number', number);
  register.answers.set(claimKey('sis', localId), {
    source: 'sis',
    localId,
    numberDigest,
    answer: 'different-persons',
  });
}

describe('an account that a platform had given to the wrong pupil', () => {
  const linked = () => {
    const the = story();
    the.tell('sis', person('elev-1', '2026-08-18'));
    the.tell('sis', person('elev-2', '2026-08-18', otherPupil));
    the.tell('plattform', account('2026-08-19', 'anna@kommun.example'));
    return the;
  };

  it('goes to the right one with its log-in, and opens nothing of the other’s', () => {
    const the = linked();
    const right = account('2026-08-20', 'anna@kommun.example', { person: 'elev-2' });
    expect(the.tell('plattform', right)).toBe('person.updated, person.updated');
    expect(the.persons().map(eppnsOf)).toEqual([[], ['anna@kommun.example']]);
    the.tell('prov', testReported('begun', 'anna@kommun.example'));
    expect(the.persons().map(({ tests }) => tests.length)).toEqual([0, 1]);
  });

  it('waits where the first pupil’s register states the log-in itself', () => {
    const the = linked();
    the.tell('sis', person('elev-1', '2026-08-20', { eppns: ['Anna@kommun.example'] }));
    const right = account('2026-08-21', 'anna@kommun.example', { person: 'elev-2' });
    expect(the.tell('plattform', right)).toBe('parked: contradiction');
    expect(the.persons().map(eppnsOf)[1]).toEqual([]);
  });
});

describe('the account of a pupil whose changed number is answered with another person', () => {
  it('goes along, though its platform repeats itself', () => {
    const the = story();
    the.tell('sis', person('elev-1', '2026-08-18'));
    the.tell('plattform', account('2026-08-19', 'anna@kommun.example'));
    answerOther(the, 'elev-1', OTHER);
    the.tell('sis', person('elev-1', '2026-10-01', { civicNo: OTHER }));
    expect(the.persons().map(eppnsOf)).toEqual([[], ['anna@kommun.example']]);
    expect(the.tell('plattform', account('2026-10-02', 'anna@kommun.example'))).toBe(
      'filtered:unchanged',
    );
    the.tell('prov', testReported('begun', 'anna@kommun.example'));
    expect(the.persons().map(({ tests }) => tests.length)).toEqual([0, 1]);
  });

  it('goes along with an EPPN that register and platform both give', () => {
    const the = story();
    const eppns = ['anna@kommun.example'];
    the.tell('sis', person('elev-1', '2026-08-18', { eppns }));
    the.tell('plattform', account('2026-08-19', 'anna@kommun.example'));
    answerOther(the, 'elev-1', OTHER);
    const changed = person('elev-1', '2026-10-01', { civicNo: OTHER, eppns });
    expect(the.tell('sis', changed)).toContain('person.registered');
    expect(the.persons().map(eppnsOf)).toEqual([[], eppns]);
  });

  it('does not take an EPPN from a register that goes on stating it of the first', () => {
    const the = story();
    const eppns = ['anna@kommun.example'];
    the.tell('sis', person('elev-1', '2026-08-18', { eppns }));
    the.tell('vux', person('v-1', '2026-08-18', { eppns }));
    answerOther(the, 'elev-1', OTHER);
    const changed = person('elev-1', '2026-10-01', { civicNo: OTHER, eppns });
    expect(the.tell('sis', changed)).toBe('parked: contradiction');
  });
});

describe('the account of a pupil whose record is separated', () => {
  const joined = () => {
    const the = story();
    const eppns = ['anna@kommun.example'];
    the.tell('sis', person('elev-1', '2026-08-18', { eppns }));
    the.tell('vux', person('v-1', '2026-08-18'));
    the.tell('plattform', account('2026-08-19', 'anna@kommun.example'));
    expect(the.persons()).toHaveLength(1);
    return the;
  };

  it('goes along, and the next list of the register is taken', () => {
    const the = joined();
    expect(separate(the, 'sis', 'elev-1').is).toBe('separated');
    expect(the.persons().map(eppnsOf)).toEqual([[], ['anna@kommun.example']]);
    const next = person('elev-1', '2026-09-01', {
      eppns: ['anna@kommun.example', 'a2@kommun.example'],
    });
    expect(the.tell('sis', next)).toBe('person.updated');
  });

  it('stays when the other record goes', () => {
    const the = joined();
    separate(the, 'vux', 'v-1');
    expect(the.persons().map(eppnsOf)).toEqual([['anna@kommun.example'], []]);
  });

  it('goes along though it was read before the hub kept whose it is, where its huvudman has no other record', () => {
    const the = story();
    the.tell('fri', person('f-1', '2026-08-18', { enrolments: [] }));
    the.tell('sis', person('elev-1', '2026-08-18'));
    the.tell('plattform', account('2026-08-19', 'anna@kommun.example'));
    forgetOwner(the);
    separate(the, 'sis', 'elev-1');
    expect(the.persons().map(eppnsOf)).toEqual([[], ['anna@kommun.example']]);
  });

  it('that the platform repeats finds its pupil, had it stayed behind', () => {
    const the = joined();
    forgetOwner(the);
    the.tell('sis', person('elev-1', '2026-08-20'));
    separate(the, 'sis', 'elev-1');
    expect(the.persons().map(eppnsOf)).toEqual([['anna@kommun.example'], []]);
    the.tell('plattform', account('2026-08-21', 'anna@kommun.example'));
    expect(the.persons().map(eppnsOf)).toEqual([[], ['anna@kommun.example']]);
  });

  it('is not separated by itself, nor is a pupil’s only record with its account', () => {
    const the = story();
    the.tell('sis', person('elev-1', '2026-08-18', { civicNo: NUMBER }));
    the.tell('plattform', account('2026-08-19', 'anna@kommun.example'));
    expect(separate(the, 'plattform', 'konto-1').is).toBe('refused');
    expect(separate(the, 'sis', 'elev-1').is).toBe('refused');
  });
});
