import type { Fact } from '#adapters';
import { EMPTY_CONTENT } from '../claim/claim-content.js';
import { claimKey, type QuestionRecord } from '../register/records.js';
import {
  account,
  enrolment,
  HERE,
  person,
  story,
  testReported,
  THERE,
} from './testing/given-register.js';

const removed = (day: string): Fact => ({
  kind: 'person-removed',
  localId: 'elev-1',
  modified: `${day}T08:00:00.000000Z`,
});
const begun = (eppn: string): Fact => testReported('begun', eppn);
const NOT_ENROLLED = { enrolments: [] };

describe('what a student register said before its newest word', () => {
  it('tells of an enrolment that the newest word no longer names', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-10-01', NOT_ENROLLED));
    expect(tell('sis', person('elev-1', '2026-09-01'))).toBe('enrolment.started');
    expect(persons()[0]!.enrolments).toMatchObject([
      { startDate: '2026-08-17', endDate: '2026-10-01', endReason: 'unknown' },
    ]);
  });

  it('changes nothing of what the newest word says', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-10-01', { eppns: ['new@skola.example'] }));
    const before = persons()[0];
    const late = {
      eppns: ['old@skola.example'],
      securityMarking: 'Sekretessmarkering' as const,
      enrolments: [enrolment(HERE, '2026-08-20', '2026-09-30')],
    };
    expect(tell('sis', person('elev-1', '2026-09-01', late))).toBe('filtered:older');
    expect(persons()[0]).toEqual(before);
  });

  it('names an EPPN that was let go since: a test begun under it finds the pupil, and its huvudman', () => {
    const { tell, persons, arrivals } = story();
    tell('sis', person('elev-1', '2026-10-01', { eppns: ['new@skola.example'] }));
    expect(tell('prov', begun('old@skola.example'))).toBe('parked: missing-reference');
    arrivals.clear();
    tell('sis', person('elev-1', '2026-09-01', { eppns: ['old@skola.example'] }));
    expect(arrivals.size).toBe(1);
    expect(tell('prov', begun('old@skola.example'))).toBe('test.begun');
    expect(persons()[0]!.tests).toMatchObject([{ state: 'begun', huvudman: 'kommunen1' }]);
    expect(persons()[0]!.eppns.map(({ value }) => value)).toEqual(['new@skola.example']);
  });

  it('does not take an EPPN from whoever has it now', () => {
    const { tell, persons } = story();
    const other = { civicNo: '201801022383', birthDate: '2018-01-02', eppns: ['a1@skola.example'] };
    tell('sis', person('elev-2', '2026-10-02', other));
    tell('sis', person('elev-1', '2026-10-01'));
    tell('sis', person('elev-1', '2026-09-01', { eppns: ['a1@skola.example'] }));
    tell('prov', begun('a1@skola.example'));
    expect(persons().map(({ tests }) => tests.length)).toEqual([1, 0]);
  });

  it('gives the number that the newest word leaves out, and with it the person whom another school knows', () => {
    const { tell, persons } = story();
    tell('fri', person('f-9', '2026-08-18', { enrolments: [enrolment(THERE, '2026-08-17')] }));
    tell('sis', person('elev-1', '2026-10-01', { civicNo: undefined }));
    expect(persons()).toHaveLength(2);
    expect(tell('sis', person('elev-1', '2026-09-01'))).toContain('person.merged');
    expect(persons()).toHaveLength(1);
  });

  it('is passed over when it states another number: a human is asked about newest words only', () => {
    const { tell, register } = story();
    tell('sis', person('elev-1', '2026-10-01', NOT_ENROLLED));
    const other = { civicNo: '201801022383', birthDate: '2018-01-02' };
    expect(tell('sis', person('elev-1', '2026-09-01', other))).toBe('filtered:older');
    expect(register.questions.size).toBe(0);
  });

  it('with the TF number that a personnummer has followed counts for all but the number', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-10-01', NOT_ENROLLED));
    expect(tell('sis', person('elev-1', '2026-09-01', { civicNo: '20100314TF01' }))).toBe('enrolment.started'); // prettier-ignore
    expect(persons()).toHaveLength(1);
  });

  it('with the TF number that a personnummer has followed names the pupil by it, as if it had come in time', () => {
    const { tell, persons } = story();
    const tf = { civicNo: '20100314TF01' };
    tell('sis', person('elev-1', '2026-10-01', NOT_ENROLLED));
    tell('sis', person('elev-1', '2026-09-01', { ...NOT_ENROLLED, ...tf }));
    tell('vux', person('v-1', '2026-10-02', { ...NOT_ENROLLED, ...tf }));
    expect(persons()).toHaveLength(1);
    const late = story();
    late.tell('sis', person('elev-1', '2026-10-01', NOT_ENROLLED));
    late.tell('vux', person('v-1', '2026-10-02', { ...NOT_ENROLLED, ...tf }));
    expect(late.persons()).toHaveLength(2);
    late.tell('sis', person('elev-1', '2026-09-01', { ...NOT_ENROLLED, ...tf }));
    expect(late.persons()).toHaveLength(1);
  });

  it('is passed over when it enrols at a unit of somebody else', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-10-01', NOT_ENROLLED));
    const elsewhere = { enrolments: [enrolment(THERE, '2026-08-17')] };
    expect(tell('sis', person('elev-1', '2026-09-01', elsewhere))).toBe('filtered:older');
    expect(persons()[0]!.enrolments).toEqual([]);
  });

  it('about somebody who was dropped since still marks them, and gives their EPPN', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18'));
    tell('sis', removed('2026-10-01'));
    const late = {
      eppns: ['a1@skola.example'],
      securityMarking: 'Sekretessmarkering' as const,
    };
    expect(tell('sis', person('elev-1', '2026-09-01', late))).toBe('person.protected, person.updated'); // prettier-ignore
    expect(persons()[0]).toMatchObject({
      standing: 'dormant',
      securityMarking: 'Sekretessmarkering',
      eppns: [{ value: 'a1@skola.example' }],
      enrolments: [{ endDate: '2026-10-01' }],
    });
  });

  it('about somebody who was dropped since gives the personnummer that followed a TF number', () => {
    const { tell, persons } = story();
    tell('sis', removed('2026-11-01'));
    tell('sis', person('elev-1', '2026-09-01', { civicNo: '20100314TF01' }));
    const marked = { securityMarking: 'Sekretessmarkering' as const };
    expect(tell('sis', person('elev-1', '2026-10-01', marked))).toContain('person.protected');
    tell('fri', person('f-9', '2026-10-05', { enrolments: [enrolment(THERE, '2026-11-02')] }));
    expect(persons()).toHaveLength(1);
    expect(tell('sis', person('elev-1', '2026-09-15', { civicNo: '20100314TF02' }))).toBe(
      'filtered:older',
    );
  });

  it('with skyddad folkbokföring, about somebody who was dropped since, keeps them apart all the same', () => {
    const { tell, persons } = story();
    tell('fri', person('f-9', '2026-08-18', { enrolments: [enrolment(THERE, '2026-08-17')] }));
    tell('sis', person('elev-1', '2026-08-18'));
    tell('sis', removed('2026-10-01'));
    const late = { securityMarking: 'Skyddad folkbokföring' as const };
    expect(tell('sis', person('elev-1', '2026-09-01', late))).toContain('person.separated');
    expect(
      persons()
        .map(({ securityMarking }) => securityMarking)
        .sort(),
    ).toEqual(['Ingen', 'Skyddad folkbokföring']);
  });
});

describe('a removal that comes after a newer list', () => {
  it('ends on its own day what the list does not name', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-09-01'));
    tell('sis', person('elev-1', '2026-11-01', NOT_ENROLLED));
    expect(tell('sis', removed('2026-10-01'))).toBe('enrolment.ended');
    expect(persons()[0]).toMatchObject({
      standing: 'present',
      enrolments: [{ endDate: '2026-10-01', endReason: 'unknown' }],
    });
  });

  it('leaves what the list names', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-11-01'));
    expect(tell('sis', removed('2026-10-01'))).toBe('filtered:older');
    expect(persons()[0]!.enrolments[0]).not.toHaveProperty('endDate');
  });
});

describe('an account that had another EPPN before', () => {
  it('is still found by it, though that comes to be known late', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18'));
    tell('plattform', account('2026-10-01', 'new@skola.example'));
    expect(tell('plattform', account('2026-09-01', 'old@skola.example'))).toBe('filtered:older');
    expect(tell('prov', begun('old@skola.example'))).toBe('test.begun');
    expect(persons()[0]!.tests).toMatchObject([{ huvudman: 'kommunen1' }]);
  });
});

describe('a new identity under an old local id', () => {
  it('is not given what was said of the old one', () => {
    const { tell, persons, register } = story();
    tell('sis', person('elev-1', '2026-10-01'));
    const changed = { civicNo: '201003142393', enrolments: [] };
    tell('sis', person('elev-1', '2026-11-01', changed));
    const [{ source, localId, numberDigest }] = [...register.questions.values()] as [
      QuestionRecord,
    ];
    const answer = 'different-persons';
    register.answers.set(claimKey(source, localId), { source, localId, numberDigest, answer });
    expect(tell('sis', person('elev-1', '2026-11-01', changed))).toContain('person.registered');
    expect(tell('sis', person('elev-1', '2026-09-01', { civicNo: undefined }))).toBe('filtered:older'); // prettier-ignore
    expect(persons().map(({ enrolments }) => enrolments)).toEqual([[], []]);
  });
});

describe('somebody who was erased', () => {
  const erased = () => {
    const the = story();
    the.tell('sis', person('elev-1', '2026-10-01'));
    // What `eraseRows` leaves of the claim.
    const left = { person: null, deleted: true, content: '', asserted: EMPTY_CONTENT };
    Object.assign([...the.register.claims.values()][0]!, left);
    the.register.persons.clear();
    return the;
  };

  it('is not brought back by what was said before', () => {
    const { tell, persons } = erased();
    expect(tell('sis', person('elev-1', '2026-09-01'))).toBe('filtered:older');
    expect(persons()).toHaveLength(0);
  });

  it('is not brought back by it after a removal either, older or newer', () => {
    const { tell, persons } = erased();
    expect(tell('sis', removed('2026-09-10'))).toBe('filtered:older');
    expect(tell('sis', removed('2026-10-10'))).toBe('filtered:unchanged');
    expect(tell('sis', person('elev-1', '2026-09-01'))).toBe('filtered:older');
    expect(persons()).toHaveLength(0);
  });

  it('is a new person when the source speaks of them again, of whom nothing older is heard', () => {
    const { tell, persons } = erased();
    expect(tell('sis', person('elev-1', '2026-11-01', NOT_ENROLLED))).toBe('person.registered');
    tell('sis', removed('2026-11-10'));
    tell('sis', person('elev-1', '2026-11-20', NOT_ENROLLED));
    expect(tell('sis', person('elev-1', '2026-09-01'))).toBe('filtered:older');
    expect(persons()[0]!.enrolments).toEqual([]);
  });
});
