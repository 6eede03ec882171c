import type { ReportedTest } from '#canonical';
import {
  CALENDAR, FOUNDATION, Followed, INDEPENDENT, MATHS, MUNICIPALITY, UNITS, enrolment, eppn, idOf, reported,
} from './testing/given-person.js'; // prettier-ignore

/** A test of another school year: in no calendar of a pupil of year 6. */
const OTHER = idOf('maths 9');
const EPPNS = [eppn(MUNICIPALITY), eppn(INDEPENDENT), eppn(FOUNDATION)];

const begun = (day: string, huvudman?: string, activity = OTHER): ReportedTest => ({
  ...reported('begun', `${day}T08:00:00Z`, activity),
  id: idOf(`report ${activity} ${day}`),
  ...(huvudman && { huvudman }),
});

describe('a test that is begun in an overlap', () => {
  const enrolments = [enrolment(MUNICIPALITY, '2026-08-18'), enrolment(INDEPENDENT, '2027-01-11')];
  const OLD_HOME = ['independent:contested', 'municipality:enrolment*'];
  const NEW_HOME = ['independent:enrolment*', 'municipality:contested'];
  const on = (day: string, ...tests: ReportedTest[]) =>
    new Followed('2027-01-05').learns({ eppns: EPPNS, enrolments, tests }).waitsUntil(day);

  it.each([
    ['before it, at the old school', begun('2027-01-08', MUNICIPALITY), OLD_HOME],
    ['before it, by an EPPN that nobody is named for', begun('2027-01-08'), OLD_HOME],
    ['at the new school', begun('2027-01-15', INDEPENDENT), NEW_HOME],
    ['by an EPPN that nobody is named for', begun('2027-01-15'), NEW_HOME],
    ['at the old school, which is no longer home', begun('2027-01-15', MUNICIPALITY), NEW_HOME],
    ['before it, at the new school, which was not home yet', begun('2027-01-08', INDEPENDENT), NEW_HOME],
  ])('binds who was home then: %s', (_, test, places) => {
    expect(on('2027-01-16', test).places).toEqual(places);
  }); // prettier-ignore

  it('begun at the new school does not take the home back, whenever word of it comes', () => {
    const followed = on('2027-01-15');
    followed.learns({ tests: [begun('2027-01-15', INDEPENDENT)] });
    expect(followed.places).toEqual(NEW_HOME);
    expect(followed.verbs).toEqual(['test.begun independent']);
  });

  it('binds on where the home was only because another test bound it', () => {
    const tests = [begun('2027-01-08', MUNICIPALITY), begun('2027-01-20', MUNICIPALITY, idOf('more'))]; // prettier-ignore
    const followed = on('2027-02-03', ...tests);
    expect(followed.places).toEqual(OLD_HOME);
    expect(followed.waitsUntil('2027-02-04').places).toEqual(NEW_HOME);
  });

  it('binds a unit that has gone to another owner, by an EPPN of the one or the other', () => {
    const carried = (day: string) =>
      enrolment(FOUNDATION, day, {
        id: idOf('carried over'),
        schoolUnit: UNITS[MUNICIPALITY]!,
        carriedFrom: { id: enrolments[0]!.id, huvudman: MUNICIPALITY },
      });
    const owned = [
      { ...enrolments[0]!, endDate: '2027-01-06' },
      carried('2027-01-07'),
      enrolments[1]!,
    ];
    const places = [
      begun('2027-01-05', MUNICIPALITY),
      begun('2027-01-08', MUNICIPALITY),
      begun('2027-01-08', FOUNDATION),
    ].map((test) => {
      const followed = new Followed('2027-01-12');
      return followed.learns({ eppns: EPPNS, enrolments: owned, tests: [test] }).places;
    });
    const expected = ['foundation:enrolment*', 'independent:contested'];
    expect(places).toEqual([expected, expected, expected]);
  });

  describe('at a huvudman with two schools of the pupil’s', () => {
    const stale = enrolment(MUNICIPALITY, '2026-08-18');
    const other = { schoolUnit: '12222222', endDate: '2027-01-10' };
    const next = enrolment(INDEPENDENT, '2027-01-08');
    const homeOf = (...of: readonly ReturnType<typeof enrolment>[]) => {
      const followed = new Followed('2027-01-11');
      followed.learns({ eppns: EPPNS, enrolments: [...of, next], tests: [begun('2027-01-05', MUNICIPALITY)] }); // prettier-ignore
      return followed.places.find((place) => place.endsWith('*'));
    };

    it('binds the one that was home then, and not the one that was left open', () => {
      expect(homeOf(stale, enrolment(MUNICIPALITY, '2026-11-01', other))).toBe('independent:enrolment*'); // prettier-ignore
      expect(homeOf(stale)).toBe('municipality:enrolment*');
    });

    it('binds the one that was attended then, and not the one that followed it', () => {
      const left = { ...stale, endDate: '2027-01-05' };
      const followed = enrolment(MUNICIPALITY, '2027-01-06', { schoolUnit: '12222222' });
      expect(homeOf(left, followed)).toBe('independent:enrolment*');
    });
  });
});

describe('a test of another year with the same id', () => {
  it('that was submitted unbinds nobody: a pupil who writes the year once more', () => {
    const followed = new Followed('2026-11-12').learns({
      eppns: EPPNS,
      enrolments: [enrolment(MUNICIPALITY, '2025-08-18'), enrolment(INDEPENDENT, '2026-11-11')],
      tests: [reported('submitted', '2025-11-14T08:00:00Z')],
    });
    expect(followed.places).toEqual(['independent:contested', 'municipality:enrolment*']);
    followed.learns({ tests: [reported('submitted', '2026-11-11T08:00:00Z')] });
    expect(followed.places).toEqual(['independent:enrolment*', 'municipality:contested']);
  });
});

describe('the bridge of a pupil who left in June', () => {
  const left = enrolment(MUNICIPALITY, '2026-08-18', { endDate: '2027-06-20' });

  it.each([
    ['a test that is in no calendar of theirs', OTHER],
    ['one that they wrote last year', MATHS],
  ])('does not end in the window of %s and that was begun on it', (_, activity) => {
    const tests = [begun('2027-09-05', MUNICIPALITY, activity)];
    const followed = new Followed('2027-09-06').learns({ eppns: EPPNS, enrolments: [left], tests });
    followed.waitsUntil('2027-09-19');
    expect(followed.places).toEqual(['municipality:bridged*']);
    expect(followed.waitsUntil('2027-09-20').places).toEqual([]);
  });
});

describe('a course test', () => {
  const ENGLISH = idOf('english 6');
  const english = {
    activity: ENGLISH,
    displayName: 'English 6',
    schoolType: 'GY',
    assignedBy: 'course',
    windowStart: '2027-01-20',
    windowEnd: '2027-02-05',
  } as const;
  const calendar = { ...CALENDAR, tests: [english] };
  const pupilOf = (huvudman: string, startDate: string, endDate?: string) =>
    enrolment(huvudman, startDate, { schoolType: 'GY', schoolYear: 2, endDate });
  const course = (huvudman: string) => ({
    activity: ENGLISH,
    huvudman,
    from: '2026-08-18',
    to: '2027-06-11',
  });

  it('keeps the bridge up until its window is over', () => {
    const followed = new Followed('2026-11-25', { calendar });
    const enrolments = [pupilOf(MUNICIPALITY, '2026-08-18', '2026-11-25')];
    followed.learns({ eppns: EPPNS, enrolments }).takes(course(MUNICIPALITY));
    followed.waitsUntil('2027-02-05');
    expect(followed.places).toEqual(['municipality:bridged*']);
    expect(followed.waitsUntil('2027-02-06').places).toEqual([]);
  });

  it.each([
    ['at the old school holds the home', MUNICIPALITY, ['independent:contested', 'municipality:enrolment*']],
    ['at the new school does not', INDEPENDENT, ['independent:enrolment*', 'municipality:contested']],
  ])('whose course is taken %s', (_, huvudman, places) => {
    const followed = new Followed('2027-01-11', { calendar });
    const enrolments = [pupilOf(MUNICIPALITY, '2026-08-18'), pupilOf(INDEPENDENT, '2027-01-11')];
    followed.learns({ eppns: EPPNS, enrolments }).takes(course(huvudman));
    expect(followed.places).toEqual(places);
    expect(followed.waitsUntil('2027-02-06').places).toContain('independent:enrolment*');
  }); // prettier-ignore
});
