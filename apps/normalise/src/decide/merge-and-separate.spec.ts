import type { PersonAsserted } from '#adapters';
import type { PersonEvent } from '#canonical';
import { eppnDigest, eppnReference } from '../register/hub-ids.js';
import { claimKey } from '../register/records.js';
import { THERE, enrolment, person, story, testReported } from './testing/given-register.js';

const HIDDEN = { securityMarking: 'Skyddad folkbokföring' } as const;
const atFriskola = (more: Partial<PersonAsserted> = {}) => ({
  enrolments: [enrolment(THERE, '2026-10-01')],
  ...more,
});

describe('a TF number that becomes a personnummer', () => {
  it('joins the pupil with the one whom the personnummer already names, under both ids', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18', { eppns: ['a1@kommun.example'] }));
    const tf = atFriskola({ civicNo: '20100314TF01', eppns: ['b1@friskola.example'] });
    expect(tell('fri', person('f-9', '2026-10-01', tf))).toContain('person.registered');
    expect(persons()).toHaveLength(2);
    const known = atFriskola({ eppns: ['b1@friskola.example'] });
    expect(tell('fri', person('f-9', '2026-10-05', known))).toBe(
      'person.merged, person.merged, person.updated',
    );
    const [one, ...others] = persons();
    expect(others).toEqual([]);
    expect(one!.enrolments.map(({ huvudman }) => huvudman)).toEqual(['friskola1', 'kommunen1']);
    expect(one!.eppns.map(({ value }) => value)).toEqual([
      'b1@friskola.example',
      'a1@kommun.example',
    ]);
    expect(one!.formerIds).toHaveLength(1);
    expect(
      tell('fri', person('f-9', '2026-10-06', { ...known, eppns: ['b2@friskola.example'] })),
    ).toBe('person.updated');
  });

  it('wakes what waited because two had one EPPN, once their records have come together', () => {
    const { tell, arrivals, register } = story();
    const eppns = ['a1@kommun.example'];
    tell('sis', person('elev-1', '2026-08-18', { civicNo: '20100314TF01', eppns }));
    expect(tell('vux', person('v-1', '2026-10-01', { eppns }))).toBe('parked: contradiction');
    tell('sis', person('elev-1', '2026-09-01', { eppns }));
    arrivals.clear();
    tell('vux', person('v-1', '2026-09-15'));
    expect([...arrivals]).toContain(eppnReference(eppnDigest(register.keys, eppns[0]!)));
    expect(tell('vux', person('v-1', '2026-10-01', { eppns }))).not.toContain('parked');
  });

  it('is told as of somebody protected when the one whom it joins is, from the first event on', () => {
    const { tell, announcements } = story();
    const marked = { securityMarking: 'Sekretessmarkering' } as const;
    tell('sis', person('elev-1', '2026-08-18', marked));
    tell('fri', person('f-9', '2026-10-01', atFriskola({ civicNo: '20100314TF01' })));
    announcements.length = 0;
    const ended = { enrolments: [enrolment(THERE, '2026-10-01', '2026-10-09')] };
    expect(tell('fri', person('f-9', '2026-10-05', ended))).toBe(
      'person.merged, person.merged, person.updated, enrolment.ended',
    );
    const states = announcements.map(({ data }) => (data as PersonEvent['data']).person);
    expect(new Set(states.map(({ id }) => id)).size).toBe(1);
    expect(new Set(states.map((one) => one.securityMarking))).toEqual(new Set([marked.securityMarking])); // prettier-ignore
  });

  it('is for a human when the two are unlike, and the answer is remembered', () => {
    const { tell, persons, register } = story();
    tell('sis', person('elev-1', '2026-08-18'));
    const bo = { names: { givenName: 'Bo', familyName: 'Annan' } };
    tell('fri', person('f-9', '2026-10-01', atFriskola({ ...bo, civicNo: '20100314TF01' })));
    const said = person('f-9', '2026-10-05', atFriskola(bo));
    expect(tell('fri', said)).toBe('parked: contradiction');
    const { numberDigest } = register.claims.get(claimKey('sis', 'elev-1'))!;
    const about = { source: 'fri', localId: 'f-9', numberDigest: numberDigest! };
    register.answers.set(claimKey('fri', 'f-9'), { ...about, answer: 'different-persons' });
    expect(tell('fri', said)).toBe('person.updated');
    expect(persons()).toHaveLength(2);
    register.answers.set(claimKey('fri', 'f-9'), { ...about, answer: 'same-person' });
    const again = person(
      'f-9',
      '2026-10-07',
      atFriskola({ ...bo, eppns: ['b1@friskola.example'] }),
    );
    expect(tell('fri', again)).toBe('person.merged, person.merged, person.updated');
    expect(persons()).toHaveLength(1);
  });
});

it('a TF number of one huvudman names nobody to another, not even somebody whom both have', () => {
  const { tell, persons } = story();
  const tf = { civicNo: '20100314TF01' };
  tell('fri', person('f-9', '2026-10-01', atFriskola(tf)));
  tell('fri', person('f-9', '2026-10-02', atFriskola()));
  tell('vux', person('v-1', '2026-10-03'));
  expect(persons()).toHaveLength(1);
  expect(tell('sis', person('elev-1', '2026-10-04', tf))).toContain('person.registered');
  expect(persons()).toHaveLength(2);
  tell('vux', person('v-2', '2026-10-05', tf));
  expect(persons()).toHaveLength(2);
});

describe('a personnummer that becomes another under the same local id', () => {
  it('is a new person by the default answer, without a thing that tells of the old one', () => {
    const { tell, persons, register } = story();
    tell('sis', person('elev-1', '2026-08-18', { eppns: ['a1@kommun.example'] }));
    const [old] = persons();
    const changed = person('elev-1', '2026-10-01', {
      civicNo: '201003142393',
      eppns: ['a1@kommun.example'],
    });
    expect(tell('sis', changed)).toBe('parked: contradiction');
    const asked = register.keys.digest('civic-number', '201003142393');
    register.answers.set(claimKey('sis', 'elev-1'), {
      source: 'sis',
      localId: 'elev-1',
      numberDigest: asked,
      answer: 'different-persons',
    });
    expect(tell('sis', changed)).toContain('person.registered');
    const [before, after] = persons();
    expect(before).toMatchObject({ id: old!.id, standing: 'dormant', enrolments: [], eppns: [] });
    expect(after!.enrolments[0]!.id).not.toBe(old!.enrolments[0]!.id);
    expect(JSON.stringify(after)).not.toContain(old!.id);
  });
});

describe('skyddad folkbokföring on a pupil whom two huvudmän have', () => {
  const told = () => {
    const the = story();
    the.tell('sis', person('elev-1', '2026-08-18', { eppns: ['a1@kommun.example'] }));
    the.tell('fri', person('f-9', '2026-10-01', atFriskola({ eppns: ['b1@friskola.example'] })));
    expect(the.persons()).toHaveLength(1);
    return the;
  };

  it('makes them two, each with its own, and lifted makes them one again', () => {
    const { tell, persons } = told();
    const hidden = { ...HIDDEN, eppns: ['a1@kommun.example'] };
    expect(tell('sis', person('elev-1', '2026-10-02', hidden))).toBe(
      'person.separated, person.separated, person.protected',
    );
    const [fri, sis] = persons();
    expect(fri).toMatchObject({
      securityMarking: 'Ingen',
      eppns: [{ value: 'b1@friskola.example' }],
    });
    expect(sis).toMatchObject({
      securityMarking: 'Skyddad folkbokföring',
      eppns: [{ value: 'a1@kommun.example' }],
      splitFrom: { id: fri!.id, huvudmen: ['kommunen1'] },
    });
    expect(fri!.enrolments.map(({ huvudman }) => huvudman)).toEqual(['friskola1']);
    expect(sis!.enrolments.map(({ huvudman }) => huvudman)).toEqual(['kommunen1']);
    const lifted = { eppns: ['a1@kommun.example'] };
    expect(tell('sis', person('elev-1', '2026-10-03', lifted))).toBe(
      'person.merged, person.merged, person.unprotected',
    );
    expect(persons()).toHaveLength(1);
    expect(persons()[0]!.enrolments).toHaveLength(2);
  });

  it('shows the marking from the first event that tells of the one who is protected', () => {
    const { tell, persons, announcements } = told();
    announcements.length = 0;
    tell('sis', person('elev-1', '2026-10-02', HIDDEN));
    const { id } = persons()[1]!;
    const states = announcements.flatMap(({ data }) => {
      const { person: one, change } = data as PersonEvent['data'];
      return 'separated' in change ? [one, change.separated.other] : [one];
    });
    const markings = states.filter((one) => one.id === id).map((one) => one.securityMarking);
    expect(markings.length).toBeGreaterThan(2);
    expect(new Set(markings)).toEqual(new Set(['Skyddad folkbokföring']));
  });

  it('of somebody known by a TF number joins nothing but what its own huvudman has', () => {
    const { tell, persons } = told();
    const adult = { civicNo: '20100314TF01', eppns: [] };
    tell('vux', person('v-1', '2026-10-02', adult));
    expect(persons()).toHaveLength(2);
    tell('vux', person('v-1', '2026-10-03', HIDDEN));
    const [fri, own, ...others] = persons();
    expect(others).toEqual([]);
    expect(fri!.enrolments.map(({ huvudman }) => huvudman)).toEqual(['friskola1']);
    expect(fri!.securityMarking).toBe('Ingen');
    expect(own!.enrolments.map(({ source }) => source).sort()).toEqual(['sis', 'vux']);
    expect(own!.securityMarking).toBe('Skyddad folkbokföring');
  });

  it('leaves the number with the other, who came while a third had hidden somebody of that number', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-09-01', HIDDEN));
    tell('fri', person('f-9', '2026-09-02', atFriskola()));
    tell('stift', person('s-3', '2026-09-03', { enrolments: [] }));
    expect(persons()).toHaveLength(2);
    tell('fri', person('f-9', '2026-09-04', atFriskola(HIDDEN)));
    expect(persons()).toHaveLength(3);
    tell('sis', person('elev-1', '2026-09-05'));
    expect(persons()).toHaveLength(2);
  });

  it('keeps them apart whatever the other huvudman says meanwhile', () => {
    const { tell, persons } = told();
    tell('sis', person('elev-1', '2026-10-02', HIDDEN));
    const more = atFriskola({ eppns: ['b2@friskola.example'] });
    expect(tell('fri', person('f-9', '2026-10-03', more))).toBe('person.updated');
    expect(persons()).toHaveLength(2);
  });

  it('is not undone by another register of the same huvudman that knows nothing of it', () => {
    const { tell, persons } = told();
    tell('sis', person('elev-1', '2026-10-02', HIDDEN));
    expect(tell('vux', person('v-1', '2026-10-03', { enrolments: [] }))).not.toContain('merged');
    expect(tell('vux', person('v-1', '2026-10-04'))).not.toContain('merged');
    expect(persons()).toHaveLength(2);
    expect(tell('sis', person('elev-1', '2026-10-05'))).toContain('person.merged');
  });

  it('set by two registers of one huvudman is lifted when both have lifted it', () => {
    const { tell, persons } = told();
    tell('sis', person('elev-1', '2026-10-02', HIDDEN));
    tell('vux', person('v-1', '2026-10-02', HIDDEN));
    expect(tell('sis', person('elev-1', '2026-10-03'))).not.toContain('merged');
    expect(persons()).toHaveLength(2);
    expect(tell('vux', person('v-1', '2026-10-04'))).toContain('person.merged');
    expect(persons()).toHaveLength(1);
  });

  it('takes an EPPN along that was let go before: a test that is told under it is not the other’s', () => {
    const { tell, persons } = told();
    tell('sis', person('elev-1', '2026-09-20', { eppns: ['old@kommun.example'] }));
    tell('sis', person('elev-1', '2026-09-21', { eppns: ['new@kommun.example'] }));
    tell('sis', person('elev-1', '2026-10-02', { ...HIDDEN, eppns: ['new@kommun.example'] }));
    tell('prov', testReported('begun', 'old@kommun.example'));
    expect(persons().map(({ tests }) => tests.length)).toEqual([0, 1]);
  });

  it('lifted by the one who hid the pupil from the start joins whoever came meanwhile', () => {
    const { tell, persons } = story();
    tell('sis', person('elev-1', '2026-08-18', HIDDEN));
    tell('fri', person('f-9', '2026-10-01', atFriskola()));
    expect(persons()).toHaveLength(2);
    expect(tell('sis', person('elev-1', '2026-10-03'))).toContain('person.merged');
    expect(persons()).toHaveLength(1);
  });
});
