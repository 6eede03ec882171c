import { splitRecord } from './join-records.js';
import { FOUNDATION, Followed, INDEPENDENT, MUNICIPALITY, SECRET, enrolment, eppn, reported } from './testing/given-person.js'; // prettier-ignore

const BEGUN = reported('begun', '2026-11-10T08:00:00Z');
const atMunicipality = enrolment(MUNICIPALITY, '2026-08-18');
const leftMunicipality = { ...atMunicipality, endDate: '2026-11-11' };
const atIndependent = enrolment(INDEPENDENT, '2026-11-12');

/** A pupil of year 6 in the municipality, in the window of the maths test. */
const pupil = () =>
  new Followed('2026-11-10').learns({
    eppns: [eppn(MUNICIPALITY)],
    enrolments: [atMunicipality],
  });

describe('a protected pupil', () => {
  const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];
  const secret = () => pupil().learns({ securityMarking: SECRET, tests: [BEGUN] });

  it('moves without any event that joins the two sides', () => {
    const followed = secret();
    const before = followed.record.access.tests[0]!.id;
    followed.learns({ enrolments: [leftMunicipality, atIndependent], eppns: EPPNS });
    followed.waitsUntil('2026-11-12');
    expect(followed.verbs).toEqual([
      'access.granted independent',
      'access.revoked municipality',
      'test.assigned independent',
      'test.unassigned municipality',
    ]);
    expect(followed.told.every(({ change }) => change.from === undefined)).toBe(true);
    expect(followed.record.access.tests[0]!.id).not.toBe(before);
  });

  it('leaves at the nominal date, whether or not the new school is ready', () => {
    const followed = secret().learns({ enrolments: [leftMunicipality, atIndependent] });
    followed.waitsUntil('2026-11-12');
    expect(followed.places).toEqual([]);
    expect(followed.standings).toEqual(['independent:awaiting']);
    expect(followed.record.access.standings[0]!.mustAct).toBe('huvudman');
    expect(followed.findings).toEqual([]);
  });

  it('in an overlap has both entries to their ends, with nothing contested and one home', () => {
    const followed = secret().waitsUntil('2026-11-12');
    followed.learns({ enrolments: [atMunicipality, atIndependent], eppns: EPPNS });
    expect(followed.places).toEqual(['independent:enrolment', 'municipality:enrolment*']);
    expect(followed.standings).toEqual([]);
    expect(followed.tests).toEqual(['municipality:begun', 'independent:assigned']);
  });

  it('keeps the id that the test has at the new school when the marking is lifted, and on the next move', () => {
    const followed = secret();
    const third = enrolment(FOUNDATION, '2026-11-16');
    const eppns = [...EPPNS, eppn(FOUNDATION)];
    followed.learns({ enrolments: [leftMunicipality, atIndependent], eppns });
    const { id } = followed.waitsUntil('2026-11-12').record.access.tests[0]!;
    followed.learns({ securityMarking: 'Ingen' });
    expect(followed.record.access.tests).toMatchObject([{ id, huvudman: INDEPENDENT }]);
    const leftBoth = [leftMunicipality, { ...atIndependent, endDate: '2026-11-15' }, third];
    followed.learns({ enrolments: leftBoth }).waitsUntil('2026-11-16');
    expect(followed.record.access.tests).toMatchObject([{ id, huvudman: FOUNDATION }]);
  });

  it('is not told at one school of what was begun under the other’s EPPN on a day in both', () => {
    const followed = pupil().learns({
      securityMarking: SECRET,
      enrolments: [atMunicipality, enrolment(INDEPENDENT, '2026-11-01')],
      eppns: EPPNS,
      tests: [{ ...BEGUN, huvudman: MUNICIPALITY }],
    });
    expect(followed.tests.sort()).toEqual(['independent:assigned', 'municipality:begun']);
  });

  it('has two tests by two ids at two schools, also when one of them came along from the other', () => {
    const marked = { securityMarking: SECRET } as const;
    const followed = new Followed('2026-09-10').learns({
      ...marked,
      eppns: EPPNS,
      enrolments: [atMunicipality],
    });
    const [named] = followed.record.access.tests;
    const enrolments = [atMunicipality, enrolment(INDEPENDENT, '2026-09-20')];
    followed.learns({ securityMarking: 'Ingen', enrolments }).waitsUntil('2026-09-20');
    expect(followed.record.access.tests).toMatchObject([{ id: named!.id, huvudman: INDEPENDENT }]);
    followed.learns(marked);
    expect(followed.tests).toEqual(['municipality:assigned', 'independent:assigned']);
    expect(followed.verbs.filter((verb) => verb.startsWith('test.'))).toEqual([
      'test.assigned municipality',
    ]);
    expect(new Set(followed.record.access.tests.map(({ id }) => id)).size).toBe(2);
  });

  it('keeps the test that they have begun when the marking is set', () => {
    const followed = pupil().learns({ tests: [BEGUN] });
    const before = followed.record.access.tests;
    expect(followed.learns({ securityMarking: SECRET }).record.access.tests).toEqual(before);
  });
});

it('a test that goes along with a separated person keeps its id, and whoever is left gets another', () => {
  const followed = new Followed('2026-11-12').learns({
    eppns: [eppn(MUNICIPALITY), eppn(INDEPENDENT)],
    enrolments: [leftMunicipality, atIndependent],
    tests: [BEGUN],
  });
  const [test] = followed.record.access.tests;
  const { apart, stays } = splitRecord(followed.record, new Set([INDEPENDENT]));
  expect(apart.access.tests).toEqual([test]);
  followed.record = stays;
  followed.learns({ eppns: [eppn(MUNICIPALITY)], enrolments: [atMunicipality], tests: [] });
  const [other] = followed.record.access.tests;
  expect(other).toMatchObject({ huvudman: MUNICIPALITY, state: 'assigned' });
  expect(other!.id).not.toBe(test!.id);
  followed.learns({ tests: [BEGUN] });
  expect(followed.record.access.tests).toMatchObject([{ id: other!.id, state: 'begun' }]);
});
