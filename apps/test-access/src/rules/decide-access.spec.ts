import {
  FOUNDATION,
  Followed,
  INDEPENDENT,
  MATHS,
  MUNICIPALITY,
  absence,
  duty,
  enrolment,
  eppn,
  idOf,
  reported,
} from './testing/given-person.js';

const BEGUN = reported('begun', '2026-11-10T08:00:00Z');
const atMunicipality = enrolment(MUNICIPALITY, '2026-08-18');
const leftMunicipality = { ...atMunicipality, endDate: '2026-11-11' };
const atIndependent = enrolment(INDEPENDENT, '2026-11-12');

/** A pupil of year 6 in the municipality, in the window of the maths test. */
const pupil = (given = {}) =>
  new Followed('2026-11-10', given).learns({
    eppns: [eppn(MUNICIPALITY)],
    enrolments: [atMunicipality],
  });

describe('an enrolment', () => {
  it('gives access at its unit with the EPPN of its huvudman, and the tests of the year', () => {
    const followed = pupil();
    expect(followed.places).toEqual(['municipality:enrolment*']);
    expect(followed.usable[0]).toMatchObject({
      eppn: 'a1@municipality.example',
      schoolUnit: '11111111',
      role: 'pupil',
      requiredAssurance: 'none',
      because: { cause: 'spec 1' },
    });
    expect(followed.verbs).toEqual(['access.granted municipality', 'test.assigned municipality']);
  });

  it('awaits the EPPN that has never been given, and its huvudman must act', () => {
    const followed = new Followed('2026-11-10').learns({ enrolments: [atMunicipality] });
    expect(followed.usable).toEqual([]);
    expect(followed.record.access.standings).toMatchObject([
      { state: 'awaiting', mustAct: 'huvudman', huvudman: MUNICIPALITY },
    ]);
    followed.learns({ eppns: [eppn(MUNICIPALITY)] });
    expect(followed.verbs).toEqual(['access.granted municipality', 'access.settled municipality']);
  });

  it('that begins in the future opens on its day', () => {
    const followed = new Followed('2026-08-01').learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [atMunicipality],
    });
    expect(followed.usable).toEqual([]);
    expect(followed.nextDue?.toISOString()).toBe('2026-08-17T22:00:00.000Z');
    expect(followed.waitsUntil('2026-08-18').places).toEqual(['municipality:enrolment*']);
  });

  it('in preschool class gives nothing', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [{ ...atMunicipality, schoolType: 'FKLASS' }],
    });
    expect(followed.record.access.entries).toEqual([]);
  });

  it('renewed for the next year at the same unit is no move', () => {
    const followed = pupil().learns({
      enrolments: [
        { ...atMunicipality, endDate: '2027-06-30' },
        enrolment(MUNICIPALITY, '2027-07-01', { schoolYear: 7 }),
      ],
    });
    followed.waitsUntil('2027-07-02');
    expect(followed.places).toEqual(['municipality:enrolment*']);
    expect(followed.verbs).toEqual([]);
    expect(followed.tests).toEqual([]);
  });

  it('who goes up a year at the same unit has the tests of the new year on the very day', () => {
    const followed = pupil().learns({
      enrolments: [
        { ...atMunicipality, endDate: '2026-11-15' },
        enrolment(MUNICIPALITY, '2026-11-16', { schoolYear: 7 }),
      ],
    });
    expect(followed.waitsUntil('2026-11-15').tests).toHaveLength(1);
    expect(followed.waitsUntil('2026-11-16').tests).toEqual([]);
  });

  it('cancelled while the next school has given no EPPN is held with the EPPN of today', () => {
    const followed = pupil().learns({
      eppns: [eppn(MUNICIPALITY, 'b2')],
      enrolments: [{ ...atMunicipality, cancelled: true }, enrolment(INDEPENDENT, '2026-11-01')],
    });
    expect(followed.usable).toMatchObject([{ eppn: 'b2@municipality.example' }]);
  });

  it('whose EPPN is changed is granted again; one whose EPPN is taken away stays usable', () => {
    const followed = pupil().learns({ eppns: [eppn(MUNICIPALITY, 'b2')] });
    expect(followed.verbs).toEqual(['access.granted municipality']);
    followed.learns({ eppns: [] });
    expect(followed.usable).toMatchObject([{ eppn: 'b2@municipality.example' }]);
    expect(followed.verbs).toEqual([]);
  });

  it('says nothing when nothing has changed', () => {
    expect(pupil().decides().verbs).toEqual([]);
  });
});

describe('a pupil who moves with a begun test', () => {
  const begun = () => pupil().learns({ tests: [BEGUN] });
  const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];

  it('join first: the home stays with the test, and passes on when the old school ends', () => {
    const followed = begun().waitsUntil('2026-11-12');
    followed.learns({ enrolments: [atMunicipality, atIndependent], eppns: EPPNS });
    expect(followed.places).toEqual(['independent:contested', 'municipality:enrolment*']);
    followed.learns({ enrolments: [leftMunicipality, atIndependent] });
    expect(followed.places).toEqual(['independent:enrolment*']);
    expect(followed.verbs).toEqual([
      'access.settled independent',
      'access.revoked municipality',
      'test.begun independent',
    ]);
  });

  it('leave first: the old entry bridges until the join, and one event carries both halves', () => {
    const followed = begun();
    const [test] = followed.record.access.tests;
    followed.learns({ enrolments: [leftMunicipality] }).waitsUntil('2026-11-12');
    expect(followed.places).toEqual(['municipality:bridged*']);
    expect(followed.verbs).toEqual(['access.bridged municipality']);
    followed.learns({ enrolments: [leftMunicipality, atIndependent], eppns: EPPNS });
    expect(followed.places).toEqual(['independent:enrolment*']);
    expect(followed.verbs).toEqual([
      'access.moved independent<municipality',
      'access.settled municipality',
      'test.begun independent',
    ]);
    expect(followed.record.access.tests).toEqual([
      { ...test, huvudman: INDEPENDENT, schoolUnit: '22222222', state: 'begun' },
    ]);
  });

  it('doubled: saying it twice tells it once', () => {
    const followed = begun().waitsUntil('2026-11-12');
    followed.learns({ enrolments: [leftMunicipality, atIndependent], eppns: EPPNS });
    expect(followed.verbs[0]).toBe('access.moved independent<municipality');
    expect(followed.decides().verbs).toEqual([]);
  });

  it('the new EPPN only hours later: the old entry is held until then, and the joining huvudman must act', () => {
    const followed = begun().waitsUntil('2026-11-12');
    followed.learns({ enrolments: [leftMunicipality, atIndependent] });
    expect(followed.places).toEqual(['municipality:make-before-break*']);
    expect(followed.standings).toEqual(['independent:awaiting', 'municipality:bridged']);
    expect(followed.record.access.standings).toContainEqual(
      expect.objectContaining({ state: 'awaiting', mustAct: 'joining-huvudman' }),
    );
    expect(followed.findings).toMatchObject([
      { cause: 'move-awaiting', state: 'opened', huvudman: INDEPENDENT },
    ]);
    followed.learns({ eppns: EPPNS });
    expect(followed.verbs).toEqual([
      'access.moved independent<municipality',
      'access.settled municipality',
      'access.settled independent',
      'test.begun independent',
    ]);
    expect(followed.findings).toMatchObject([{ cause: 'move-awaiting', state: 'closed' }]);
  });

  it('a join cancelled again gives the old entry back while its facts still hold', () => {
    const followed = begun().waitsUntil('2026-11-12');
    followed.learns({ enrolments: [leftMunicipality, atIndependent], eppns: EPPNS });
    followed.learns({
      enrolments: [leftMunicipality, { ...atIndependent, cancelled: true }],
    });
    expect(followed.places).toEqual(['municipality:bridged*']);
    expect(followed.verbs[0]).toBe('access.moved municipality<independent');
    expect(followed.tests).toEqual(['municipality:begun']);
  });

  it('four weeks between leave and join: bridged all the while', () => {
    const followed = begun().learns({ enrolments: [leftMunicipality] });
    followed.waitsUntil('2026-12-09');
    expect(followed.places).toEqual(['municipality:bridged*']);
    followed.learns({
      enrolments: [leftMunicipality, enrolment(INDEPENDENT, '2026-12-09')],
      eppns: EPPNS,
    });
    expect(followed.verbs[0]).toBe('access.moved independent<municipality');
    expect(followed.tests).toEqual(['independent:begun']);
  });

  it('keeps the test through a second move, to a third huvudman', () => {
    const followed = begun();
    const id = followed.record.access.tests[0]!.id;
    followed.waitsUntil('2026-11-16').learns({
      enrolments: [
        leftMunicipality,
        { ...atIndependent, endDate: '2026-11-15' },
        enrolment(FOUNDATION, '2026-11-16'),
      ],
      eppns: [...EPPNS, eppn(FOUNDATION)],
    });
    expect(followed.record.access.tests).toMatchObject([
      { id, huvudman: FOUNDATION, state: 'begun' },
    ]);
    expect(followed.places).toEqual(['foundation:enrolment*']);
  });

  it('is held at the first school when the second never gave an EPPN before the third', () => {
    const followed = begun().waitsUntil('2026-11-16');
    followed.learns({
      enrolments: [
        leftMunicipality,
        { ...atIndependent, endDate: '2026-11-15' },
        enrolment(FOUNDATION, '2026-11-16'),
      ],
    });
    expect(followed.places).toEqual(['municipality:make-before-break*']);
  });

  it('keeps the entry they have when its enrolment is cancelled before the new one is usable', () => {
    const followed = begun().waitsUntil('2026-11-12');
    followed.learns({ enrolments: [{ ...atMunicipality, cancelled: true }, atIndependent] });
    expect(followed.places).toEqual(['municipality:make-before-break*']);
    followed.learns({ eppns: EPPNS });
    expect(followed.verbs[0]).toBe('access.moved independent<municipality');
  });

  it('enrolled anew where they were cancelled logs in as before, even if no EPPN is given any more', () => {
    const followed = begun().waitsUntil('2026-11-12');
    followed.learns({ enrolments: [{ ...atMunicipality, cancelled: true }, atIndependent] });
    const anew = enrolment(MUNICIPALITY, '2026-11-11');
    followed.learns({ enrolments: [anew, atIndependent], eppns: [] });
    expect(followed.places).toEqual(['municipality:enrolment*']);
    expect(followed.standings).toEqual(['independent:awaiting']);
  });

  it('to another unit of the same huvudman moves in one event', () => {
    const followed = begun().waitsUntil('2026-11-12');
    followed.learns({
      enrolments: [
        leftMunicipality,
        enrolment(MUNICIPALITY, '2026-11-12', { schoolUnit: '11111112' }),
      ],
    });
    expect(followed.verbs).toEqual([
      'access.moved municipality<municipality',
      'test.begun municipality',
    ]);
  });
});

describe('two schools at once', () => {
  const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT)];
  const early = enrolment(MUNICIPALITY, '2026-08-18');
  const later = enrolment(INDEPENDENT, '2026-09-01');
  const overlapping = () =>
    new Followed('2026-09-01').learns({ eppns: EPPNS, enrolments: [early, later] });

  it('the later start is home, and the other is contested for 14 days and then ends', () => {
    const followed = overlapping();
    expect(followed.places).toEqual(['independent:enrolment*', 'municipality:contested']);
    expect(followed.record.access.standings).toMatchObject([
      { state: 'contested', huvudman: MUNICIPALITY, until: '2026-09-15', mustAct: 'huvudman' },
    ]);
    expect(followed.waitsUntil('2026-09-15').places).toHaveLength(2);
    expect(followed.waitsUntil('2026-09-16').places).toEqual(['independent:enrolment*']);
    expect(followed.verbs).toContain('access.revoked municipality');
  });

  it('when the later school ends, the earlier is home again, if only its enrolment still holds', () => {
    const followed = overlapping().waitsUntil('2026-10-01');
    followed.learns({ enrolments: [early, { ...later, endDate: '2026-09-30' }] });
    expect(followed.places).toEqual(['municipality:enrolment*']);
    expect(followed.verbs[0]).toBe('access.moved municipality<independent');
  });

  it('a test assigned within 14 days keeps the home until its window is over', () => {
    const followed = new Followed('2026-11-02').learns({
      eppns: EPPNS,
      enrolments: [early, enrolment(INDEPENDENT, '2026-11-02')],
    });
    expect(followed.places).toEqual(['independent:contested', 'municipality:enrolment*']);
    followed.waitsUntil('2026-11-21');
    expect(followed.places).toEqual(['independent:enrolment*', 'municipality:contested']);
  });

  it('passes the home on when the window is over, also where no EPPN has been given yet', () => {
    const followed = new Followed('2026-11-10').learns({
      enrolments: [atMunicipality, atIndependent],
    });
    const homes = () =>
      followed.record.access.entries.filter(({ home }) => home).map(({ huvudman }) => huvudman);
    expect(homes()).toEqual([MUNICIPALITY]);
    followed.waitsUntil('2026-11-20');
    expect(homes()).toEqual([MUNICIPALITY]);
    followed.waitsUntil('2026-11-21');
    expect(homes()).toEqual([INDEPENDENT]);
  });

  it('a test submitted lets the home pass on at once', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: EPPNS,
      enrolments: [early, enrolment(INDEPENDENT, '2026-11-10')],
      tests: [BEGUN],
    });
    expect(followed.places).toContain('municipality:enrolment*');
    followed.learns({ tests: [reported('submitted', '2026-11-10T10:00:00Z')] });
    expect(followed.places).toEqual(['independent:enrolment*', 'municipality:contested']);
  });

  it('in VUXGY both stand, and neither is home', () => {
    const followed = new Followed('2026-09-01').learns({
      eppns: EPPNS,
      enrolments: [
        { ...early, schoolType: 'VUXGY', schoolYear: undefined, endDate: '2026-12-18' },
        { ...later, schoolType: 'VUXGY', schoolYear: undefined },
      ],
    });
    expect(followed.places).toEqual(['independent:enrolment', 'municipality:enrolment']);
    followed.waitsUntil('2026-12-19');
    expect(followed.places).toEqual(['independent:enrolment']);
    expect(followed.verbs).toEqual(['access.revoked municipality']);
  });

  it('who is not home any more, and never had an EPPN, is forgotten after the same 14 days', () => {
    const followed = new Followed('2026-09-01').learns({
      eppns: [eppn(INDEPENDENT)],
      enrolments: [early, later],
    });
    expect(followed.standings).toEqual(['municipality:awaiting']);
    expect(followed.waitsUntil('2026-09-16').standings).toEqual([]);
  });
});

describe('a pupil who leaves and has not joined', () => {
  it('is bridged 21 days into the next term, then revoked, and a person is told', () => {
    const followed = pupil().learns({ enrolments: [leftMunicipality] });
    followed.waitsUntil('2026-11-12');
    expect(followed.usable).toMatchObject([{ held: 'bridged', until: '2027-01-29' }]);
    expect(followed.waitsUntil('2027-01-29').places).toEqual(['municipality:bridged*']);
    followed.waitsUntil('2027-01-30');
    expect(followed.places).toEqual([]);
    expect(followed.verbs).toEqual(['access.settled municipality', 'access.revoked municipality']);
    expect(followed.findings).toContainEqual(
      expect.objectContaining({ cause: 'bridge-over', state: 'opened', mustAct: 'huvudman' }),
    );
    followed.waitsUntil('2027-03-15');
    expect(followed.findings).toMatchObject([{ cause: 'bridge-over', state: 'closed' }]);
  });

  it('in a place without a next term is bridged at least 60 days', () => {
    const calendar = { kind: 'calendar' as const, id: 'empty', terms: [], tests: [] };
    const followed = pupil({ calendar }).learns({ enrolments: [leftMunicipality] });
    followed.waitsUntil('2026-11-12');
    expect(followed.usable).toMatchObject([{ until: '2027-01-10' }]);
  });

  it('is never let fall inside the window of a test that they are assigned', () => {
    const followed = pupil({
      policies: { [MUNICIPALITY]: { bridgeDaysMin: 3, bridgeDaysIntoNextTerm: -200 } },
    }).learns({ enrolments: [leftMunicipality] });
    followed.waitsUntil('2026-11-12');
    expect(followed.usable).toMatchObject([{ held: 'bridged', until: '2026-11-20' }]);
  });

  it('stands as a gap at once where the huvudman does not bridge', () => {
    const followed = pupil({ policies: { [MUNICIPALITY]: { bridging: false } } });
    followed.learns({ enrolments: [leftMunicipality] }).waitsUntil('2026-11-12');
    expect(followed.places).toEqual([]);
    expect(followed.record.access.standings).toMatchObject([
      { state: 'gap', mustAct: 'leaving-huvudman' },
    ]);
    expect(followed.verbs).toEqual([
      'access.gap municipality',
      'access.revoked municipality',
      'test.unassigned municipality',
    ]);
  });

  it('after the last year is completed, and revoked on the day after', () => {
    const followed = new Followed('2027-06-01').learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [{ ...atMunicipality, schoolYear: 9, endDate: '2027-06-11' }],
    });
    followed.waitsUntil('2027-06-11');
    expect(followed.places).toEqual(['municipality:enrolment*']);
    followed.waitsUntil('2027-06-12');
    expect(followed.places).toEqual([]);
    expect(followed.standings).toEqual([]);
  });

  it('at Christmas of the last year has not completed', () => {
    const followed = new Followed('2026-12-01').learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [{ ...atMunicipality, schoolYear: 9, endDate: '2026-12-18' }],
    });
    expect(followed.waitsUntil('2026-12-19').places).toEqual(['municipality:bridged*']);
  });

  it('whose source says completed is revoked', () => {
    const followed = pupil().learns({
      enrolments: [{ ...leftMunicipality, endReason: 'completed' }],
    });
    expect(followed.waitsUntil('2026-11-12').places).toEqual([]);
  });

  it('and whose sole enrolment is cancelled is revoked at once', () => {
    const followed = pupil().learns({ enrolments: [{ ...atMunicipality, cancelled: true }] });
    expect(followed.places).toEqual([]);
    expect(followed.verbs).toContain('access.revoked municipality');
  });

  it('and who has died or emigrated is revoked at once', () => {
    expect(pupil().learns({ personStatus: 'Avliden' }).places).toEqual([]);
    expect(pupil().learns({ personStatus: 'Utvandrad' }).places).toEqual([]);
  });

  it('with an end far beyond time has not left', () => {
    const followed = pupil().learns({ enrolments: [{ ...atMunicipality, endDate: '9999-12-31' }] });
    expect(followed.places).toEqual(['municipality:enrolment*']);
  });
});

describe('an absence on the day of a test', () => {
  const sick = absence(MUNICIPALITY, '2026-11-10T07:00:00Z', '2026-11-10T15:00:00Z');

  it('makes it missed, and a cancelled absence withdraws that', () => {
    const followed = pupil().isAbsent(sick);
    expect(followed.verbs).toEqual(['test.missed municipality']);
    followed.isAbsent(sick, 'cancelled');
    expect(followed.verbs).toEqual(['test.missed-withdrawn municipality']);
  });

  it('corrected to another day than any of the window withdraws it too', () => {
    const followed = pupil().isAbsent(sick);
    const corrected = {
      ...sick,
      startTime: '2026-11-03T07:00:00Z',
      endTime: '2026-11-03T15:00:00Z',
    };
    expect(followed.isAbsent(corrected, 'corrected').tests).toEqual(['municipality:assigned']);
  });

  it('says nothing of a test that has begun', () => {
    expect(
      pupil()
        .learns({ tests: [BEGUN] })
        .isAbsent(sick).tests,
    ).toEqual(['municipality:begun']);
  });

  it('asked for beforehand counts when the day has come', () => {
    const leave = absence(MUNICIPALITY, '2026-11-12T07:00:00Z', '2026-11-13T15:00:00Z');
    const followed = pupil().isAbsent(leave);
    expect(followed.tests).toEqual(['municipality:assigned']);
    expect(followed.waitsUntil('2026-11-12').tests).toEqual(['municipality:missed']);
  });

  it('is not held against the pupil at the next school: there the test is not begun', () => {
    const followed = pupil().isAbsent(sick).waitsUntil('2026-11-12');
    followed.learns({
      enrolments: [leftMunicipality, atIndependent],
      eppns: [eppn(MUNICIPALITY), eppn(INDEPENDENT)],
    });
    expect(followed.tests).toEqual(['independent:assigned']);
  });

  it('known before the enrolment counts the same', () => {
    const followed = new Followed('2026-11-10').isAbsent(sick);
    followed.learns({ enrolments: [atMunicipality], eppns: [eppn(MUNICIPALITY)] });
    expect(followed.tests).toEqual(['municipality:missed']);
  });
});

describe('staff', () => {
  it('who become a pupil too share no EPPN with the pupil, also when it was theirs before', () => {
    const followed = new Followed('2026-11-01').learns({
      eppns: [eppn(MUNICIPALITY)],
      duties: [duty(MUNICIPALITY, '2026-10-01')],
      enrolments: [enrolment(MUNICIPALITY, '2026-11-10')],
    });
    const logIns = () => followed.record.access.entries.map((one) => `${one.role} ${one.eppn}`);
    expect(logIns()).toEqual(['teacher a1@municipality.example']);
    followed.waitsUntil('2026-11-10');
    expect(logIns()).toEqual(['pupil a1@municipality.example', 'teacher null']);
  });

  it('get access by their duty, with two factors, until the evening of its last day', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY)],
      duties: [duty(MUNICIPALITY, '2026-08-01', { endDate: '2026-11-13' })],
    });
    expect(followed.usable).toMatchObject([{ role: 'teacher', requiredAssurance: 'loa3' }]);
    expect(followed.waitsUntil('2026-11-13').usable).toHaveLength(1);
    expect(followed.waitsUntil('2026-11-14').usable).toHaveLength(0);
  });

  it('are principals of two units at once', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY)],
      duties: ['11111111', '11111112'].map((schoolUnit) =>
        duty(MUNICIPALITY, '2026-08-01', { schoolUnit, dutyRole: 'Rektor' }),
      ),
    });
    expect(followed.usable.map(({ role }) => role)).toEqual(['principal', 'principal']);
  });

  it('who are pupils too need a second EPPN', () => {
    const followed = pupil().learns({ duties: [duty(MUNICIPALITY, '2026-08-01')] });
    expect(followed.usable.map(({ role }) => role)).toEqual(['pupil']);
    expect(followed.standings).toEqual(['municipality:awaiting']);
    followed.learns({ eppns: [eppn(MUNICIPALITY), eppn(MUNICIPALITY, 'staff')] });
    expect(followed.usable.map(({ role, eppn: value }) => [role, value])).toEqual([
      ['pupil', 'a1@municipality.example'],
      ['teacher', 'staff@municipality.example'],
    ]);
  });

  it('of the kitchen get none', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY)],
      duties: [duty(MUNICIPALITY, '2026-08-01', { dutyRole: 'Annan personal' })],
    });
    expect(followed.usable).toEqual([]);
  });
});

it('a test that no calendar knows is kept all the same', () => {
  const unlisted = reported('begun', '2026-11-10T08:00:00Z', idOf('a trial test'));
  const followed = pupil()
    .learns({ tests: [unlisted] })
    .waitsUntil('2026-11-12');
  followed.learns({
    enrolments: [leftMunicipality, atIndependent],
    eppns: [eppn(MUNICIPALITY), eppn(INDEPENDENT)],
  });
  expect(followed.record.access.tests).toMatchObject([
    { activity: MATHS, state: 'assigned', huvudman: INDEPENDENT },
    { activity: unlisted.activity, state: 'begun', huvudman: INDEPENDENT },
  ]);
});
