import {
  FOUNDATION, Followed, INDEPENDENT, MATHS, MUNICIPALITY, SECRET, absence, duty, enrolment, eppn, idOf, reported,
} from './testing/given-person.js'; // prettier-ignore

/** The municipality's unit goes to the foundation on 12 November, in the window of the maths test. */
const DAY = '2026-11-12';
const SCHOOL_UNIT = '11111111';
const before = enrolment(MUNICIPALITY, '2026-08-18');
const past = { ...before, endDate: '2026-11-11' };
const carried = enrolment(FOUNDATION, DAY, {
  id: idOf('carried over'),
  schoolUnit: SCHOOL_UNIT,
  source: before.source,
  carriedFrom: { id: before.id, huvudman: MUNICIPALITY },
});
const own = enrolment(FOUNDATION, '2026-08-18', { schoolUnit: SCHOOL_UNIT });
const BEGUN = reported('begun', '2026-11-10T08:00:00Z');

const pupil = () =>
  new Followed('2026-11-10').learns({
    eppns: [eppn(MUNICIPALITY)],
    enrolments: [before],
    tests: [BEGUN],
  });
const afterwards = (followed = pupil()) =>
  followed.waitsUntil(DAY).learns({ enrolments: [past, carried] });

describe('a pupil whose school goes to another owner', () => {
  it('keeps the entry, its id and its EPPN: it is the new owner’s from now on, and nobody has moved', () => {
    const followed = pupil();
    const [entry] = followed.usable;
    afterwards(followed);
    expect(followed.usable).toMatchObject([
      {
        id: entry!.id,
        huvudman: FOUNDATION,
        schoolUnit: SCHOOL_UNIT,
        eppn: 'a1@municipality.example',
        home: true,
        held: 'enrolment',
      },
    ]);
    expect(followed.verbs).toEqual([
      'access.granted foundation<municipality',
      'test.begun foundation',
    ]);
    expect(followed.told[0]!.change.from).toEqual(entry);
    expect(followed.standings).toEqual([]);
    expect(followed.findings).toEqual([]);
  });

  it('keeps the test that is begun, with its id', () => {
    const followed = pupil();
    const [test] = followed.record.access.tests;
    expect(afterwards(followed).record.access.tests).toEqual([{ ...test, huvudman: FOUNDATION }]);
  });

  it('gets the new owner’s EPPN without a gap, and is at the same stay when it enrols them itself', () => {
    const followed = afterwards();
    const [entry] = followed.usable;
    followed.learns({ enrolments: [past, own] });
    expect(followed.verbs).toEqual([]);
    followed.learns({ eppns: [eppn(MUNICIPALITY), eppn(FOUNDATION)] });
    expect(followed.verbs).toEqual(['access.granted foundation']);
    expect(followed.usable).toMatchObject([{ id: entry!.id, eppn: 'a1@foundation.example' }]);
    followed.learns({ eppns: [eppn(FOUNDATION)] });
    expect(followed.verbs).toEqual([]);
    expect(followed.standings).toEqual([]);
  });

  it('stays usable when the former owner takes its EPPN away before there is another', () => {
    const followed = afterwards().learns({ eppns: [] });
    expect(followed.usable).toMatchObject([
      { huvudman: FOUNDATION, eppn: 'a1@municipality.example' },
    ]);
    expect(followed.verbs).toEqual([]);
  });

  it('is where they are in whatever order the facts come', () => {
    const EPPNS = [eppn(MUNICIPALITY), eppn(FOUNDATION)];
    const steps = [
      { enrolments: [past, carried] },
      { enrolments: [past, own] },
      { eppns: EPPNS, enrolments: [past, own] },
    ];
    const ends = [steps, [steps[1]!, steps[2]!], [steps[2]!]].map((told) => {
      const followed = pupil().waitsUntil(DAY);
      for (const step of told) followed.learns(step);
      return followed.record.access.entries.map(
        ({ since: _since, because: _because, ...rest }) => rest,
      );
    });
    expect(ends[1]).toEqual(ends[0]);
    expect(ends[2]).toEqual(ends[0]);
  });

  it('goes to another unit of the new owner only with an EPPN of that owner’s', () => {
    const elsewhere = enrolment(FOUNDATION, '2026-12-01');
    const left = { ...carried, endDate: '2026-11-30' };
    const followed = afterwards().learns({ enrolments: [past, left, elsewhere] });
    followed.waitsUntil('2026-12-02');
    expect(followed.usable).toMatchObject([
      { schoolUnit: SCHOOL_UNIT, eppn: 'a1@municipality.example', held: 'make-before-break' },
    ]);
    expect(followed.standings).toContain('foundation:awaiting');
    followed.learns({ eppns: [eppn(MUNICIPALITY), eppn(FOUNDATION)] });
    expect(followed.usable).toMatchObject([
      { schoolUnit: elsewhere.schoolUnit, eppn: 'a1@foundation.example' },
    ]);
  });

  it('moves on from the new owner as from any other', () => {
    const followed = afterwards().learns({
      enrolments: [
        past,
        { ...carried, endDate: '2026-11-30' },
        enrolment(INDEPENDENT, '2026-12-01'),
      ],
      eppns: [eppn(MUNICIPALITY), eppn(INDEPENDENT)],
    });
    followed.waitsUntil('2026-12-02');
    expect(followed.places).toEqual(['independent:enrolment*']);
    expect(followed.verbs).toContain('access.moved independent<foundation');
  });

  it('who has left before is bridged by the former owner', () => {
    const left = { ...before, endDate: '2026-11-10' };
    const followed = pupil()
      .waitsUntil(DAY)
      .learns({ enrolments: [left] });
    expect(followed.places).toEqual(['municipality:bridged*']);
  });

  it('who was away on the day of the test stays on the school’s catch-up list', () => {
    const followed = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [before],
    });
    followed.isAbsent(absence(MUNICIPALITY, '2026-11-10T07:00:00Z', '2026-11-10T15:00:00Z'));
    expect(followed.tests).toEqual(['municipality:missed']);
    expect(afterwards(followed).tests).toEqual(['foundation:missed']);
    expect(followed.record.access.tests[0]!.activity).toBe(MATHS);
  });

  it('and is protected gets another entry: the id would tell one huvudman of the other', () => {
    const followed = pupil().learns({ securityMarking: SECRET });
    const [entry] = followed.usable;
    afterwards(followed);
    expect(followed.usable).toMatchObject([
      { huvudman: FOUNDATION, eppn: 'a1@municipality.example' },
    ]);
    expect(followed.usable[0]!.id).not.toBe(entry!.id);
    expect(followed.verbs.slice(0, 2)).toEqual([
      'access.granted foundation',
      'access.revoked municipality',
    ]);
    expect(followed.tests).toEqual(['foundation:begun']);
  });
});

describe('a school that comes back to its former owner', () => {
  it('brings the pupils’ entries with it', () => {
    const followed = afterwards();
    const [entry] = followed.usable;
    const back = enrolment(MUNICIPALITY, '2026-11-20', {
      id: idOf('back'),
      carriedFrom: { id: before.id, huvudman: MUNICIPALITY },
    });
    followed.waitsUntil('2026-11-20');
    followed.learns({ enrolments: [past, { ...carried, endDate: '2026-11-19' }, back] });
    expect(followed.usable).toMatchObject([{ id: entry!.id, huvudman: MUNICIPALITY }]);
  });
});

describe('a teacher whose school goes to another owner', () => {
  it('keeps the entry and logs in as before until the new owner has given an EPPN', () => {
    const post = duty(MUNICIPALITY, '2026-08-01');
    const followed = new Followed('2026-11-10').learns({
      eppns: [eppn(MUNICIPALITY, 't1')],
      duties: [post],
    });
    const [entry] = followed.usable;
    followed.waitsUntil(DAY).learns({
      duties: [
        { ...post, endDate: '2026-11-11' },
        duty(FOUNDATION, DAY, {
          id: idOf('post carried over'),
          schoolUnit: SCHOOL_UNIT,
          source: post.source,
          carriedFrom: { id: post.id, huvudman: MUNICIPALITY },
        }),
      ],
    });
    expect(followed.usable).toMatchObject([
      { id: entry!.id, huvudman: FOUNDATION, eppn: 't1@municipality.example', role: 'teacher' },
    ]);
    expect(followed.verbs).toEqual(['access.granted foundation<municipality']);
  });
});
