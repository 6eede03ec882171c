import { DEFAULT_ACCESS_POLICY, SCHEMAS, type HuvudmanSetting } from '#canonical';
import { Followed, INDEPENDENT, MUNICIPALITY, SECRET, duty, enrolment, eppn } from './testing/given-person.js'; // prettier-ignore

const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];
const opensEarly = { policies: { [INDEPENDENT]: { opensDaysBefore: 7 } } };
const atMunicipality = enrolment(MUNICIPALITY, '2026-08-18');

it('what a huvudman has not decided is as the default says', () => {
  expect(DEFAULT_ACCESS_POLICY).toEqual({
    bridging: true,
    bridgeDaysIntoNextTerm: 21,
    bridgeDaysMin: 60,
    contestedDays: 14,
    staffAssurance: 'loa3',
    eligibleSchoolTypes: ['GR', 'SP', 'SAM', 'GY', 'VUXGY'],
    opensDaysBefore: 0,
  });
});

it('a policy is written in part, and a school type that nobody may let in is refused', () => {
  const setting = (policy: HuvudmanSetting['policy']): HuvudmanSetting => ({
    kind: 'huvudman',
    id: 'kommunen1',
    displayName: 'Kommunen',
    organisationNumber: '2120000001',
    owner: 'municipal',
    subscriberClients: [],
    policy,
  });
  expect(SCHEMAS.setting.check(setting({ opensDaysBefore: 3 }))).toBe(true);
  expect(SCHEMAS.setting.check(setting({ eligibleSchoolTypes: ['GR', 'GRAN'] }))).toBe(true);
  expect(SCHEMAS.setting.check(setting({ eligibleSchoolTypes: ['FS' as 'GR'] }))).toBe(false);
  expect(SCHEMAS.setting.check(setting({ opensDaysBefore: 61 }))).toBe(false);
});

describe('the school types that a huvudman lets in', () => {
  const learning = (schoolType: 'GY' | 'GRAN', eligibleSchoolTypes?: ('GR' | 'GRAN')[]) =>
    new Followed('2026-11-10', {
      policies: eligibleSchoolTypes && { [MUNICIPALITY]: { eligibleSchoolTypes } },
    }).learns({ eppns: EPPNS, enrolments: [{ ...atMunicipality, schoolType }] });

  it('are its own to decide', () => {
    expect(learning('GY').places).toEqual(['municipality:enrolment*']);
    expect(learning('GY', ['GR']).places).toEqual([]);
    expect(learning('GRAN').places).toEqual([]);
    expect(learning('GRAN', ['GR', 'GRAN']).places).toEqual(['municipality:enrolment*']);
  });

  it('do not decide for another huvudman', () => {
    const followed = new Followed('2026-11-10', {
      policies: { [MUNICIPALITY]: { eligibleSchoolTypes: [] } },
    }).learns({ eppns: EPPNS, enrolments: [enrolment(INDEPENDENT, '2026-08-18')] });
    expect(followed.places).toEqual(['independent:enrolment*']);
  });
});

describe('an enrolment to come, where its huvudman opens seven days before', () => {
  const newcomer = (more = {}) =>
    new Followed('2026-08-01', opensEarly).learns({
      eppns: EPPNS,
      enrolments: [enrolment(INDEPENDENT, '2026-08-18')],
      ...more,
    });

  it('can be used from that day; home and tests come with its start', () => {
    const followed = newcomer();
    expect(followed.usable).toEqual([]);
    expect(followed.nextDue).toEqual(new Date('2026-08-10T22:00:00Z'));
    expect(followed.waitsUntil('2026-08-11').places).toEqual(['independent:enrolment']);
    expect(followed.verbs).toEqual(['access.granted independent']);
    expect(followed.tests).toEqual([]);
    const { id } = followed.usable[0]!;
    followed.waitsUntil('2026-08-18');
    expect(followed.places).toEqual(['independent:enrolment*']);
    expect(followed.usable[0]!.id).toBe(id);
    expect(followed.tests).toEqual(['independent:assigned']);
  });

  it('stands beside the home of a pupil who moves, and neither is contested', () => {
    const followed = new Followed('2026-11-03', opensEarly).learns({
      eppns: EPPNS,
      enrolments: [
        { ...atMunicipality, endDate: '2026-11-11' },
        enrolment(INDEPENDENT, '2026-11-12'),
      ],
    });
    followed.waitsUntil('2026-11-05');
    expect(followed.places).toEqual(['independent:enrolment', 'municipality:enrolment*']);
    expect(followed.standings).toEqual([]);
    followed.waitsUntil('2026-11-12');
    expect(followed.places).toEqual(['independent:enrolment*']);
    expect(followed.tests).toEqual(['independent:assigned']);
  });

  it('is taken back when it is cancelled or put off', () => {
    const followed = newcomer().waitsUntil('2026-08-12');
    followed.learns({ enrolments: [enrolment(INDEPENDENT, '2026-09-01')] });
    expect(followed.verbs).toEqual(['access.revoked independent']);
  });

  it('says nothing of an EPPN that is missing until it starts', () => {
    const followed = newcomer({ eppns: [] }).waitsUntil('2026-08-12');
    expect(followed.record.access.standings).toEqual([]);
  });

  it('opens for a protected pupil too', () => {
    const followed = newcomer({ securityMarking: SECRET }).waitsUntil('2026-08-11');
    expect(followed.places).toEqual(['independent:enrolment']);
    expect(followed.tests).toEqual([]);
    expect(followed.waitsUntil('2026-08-18').places).toEqual(['independent:enrolment*']);
  });
});

describe('staff', () => {
  it('log in as their own huvudman’s policy says, and are told when it changes', () => {
    const policies: Record<string, object> = { [MUNICIPALITY]: { staffAssurance: 'loa2' } };
    const followed = new Followed('2026-11-10', { policies }).learns({
      eppns: EPPNS,
      duties: [duty(MUNICIPALITY, '2026-08-01'), duty(INDEPENDENT, '2026-08-01')],
    });
    const asked = () => followed.usable.map((one) => `${one.huvudman} ${one.requiredAssurance}`);
    expect(asked()).toEqual(['municipality loa2', 'independent loa3']);
    policies[MUNICIPALITY] = {};
    followed.decides('time');
    expect(asked()).toEqual(['municipality loa3', 'independent loa3']);
    expect(followed.verbs).toEqual(['access.granted municipality']);
  });

  it('whose duty ends on a Friday work the whole Friday and are gone on Saturday', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: EPPNS,
      duties: [duty(MUNICIPALITY, '2026-08-01', { endDate: '2026-11-13' })],
    });
    expect(followed.looksAt('2026-11-13T22:59:59.999Z').usable).toHaveLength(1);
    expect(followed.looksAt('2026-11-13T23:00:00Z').usable).toHaveLength(0);
    expect(followed.verbs).toEqual(['access.revoked municipality']);
  });

  it('who are principals of two units keep the one when the other ends, with entries of their own', () => {
    const duties = ['11111111', '11111112'].map((schoolUnit) =>
      duty(MUNICIPALITY, '2026-08-01', { schoolUnit, dutyRole: 'Rektor' }),
    );
    const followed = new Followed('2026-11-10').learns({ eppns: EPPNS, duties });
    expect(new Set(followed.usable.map(({ id }) => id)).size).toBe(2);
    const [kept] = followed.usable;
    followed.learns({ duties: [duties[0]!, { ...duties[1]!, endDate: '2026-11-12' }] });
    followed.waitsUntil('2026-11-13');
    expect(followed.usable).toEqual([kept]);
  });

  it('who are pupils elsewhere have both entries, with what each needs, and the end of one leaves the other', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: EPPNS,
      enrolments: [
        enrolment(INDEPENDENT, '2026-08-18', { schoolType: 'VUXGY', schoolYear: undefined }),
      ],
      duties: [duty(MUNICIPALITY, '2026-08-01', { endDate: '2026-11-13' })],
    });
    const roles = () => followed.usable.map((one) => `${one.role} ${one.eppn} ${one.requiredAssurance}`); // prettier-ignore
    expect(roles()).toEqual(['pupil a1@independent.example none', 'teacher a1@municipality.example loa3']); // prettier-ignore
    followed.waitsUntil('2026-11-14');
    expect(roles()).toEqual(['pupil a1@independent.example none']);
  });

  it('with two duties of one role at a unit have one entry, until the last of them ends', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: EPPNS,
      duties: [
        duty(MUNICIPALITY, '2026-08-01', { endDate: '2026-11-13' }),
        duty(MUNICIPALITY, '2026-09-01', { endDate: '2026-11-20', dutyRole: 'Förstelärare' }),
      ],
    });
    expect(followed.usable).toMatchObject([{ role: 'teacher', until: '2026-11-20' }]);
    expect(followed.waitsUntil('2026-11-14').usable).toHaveLength(1);
    expect(followed.waitsUntil('2026-11-21').usable).toHaveLength(0);
  });
});
