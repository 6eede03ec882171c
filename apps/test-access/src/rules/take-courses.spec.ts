import { NEVER } from '#canonical';
import type { CalendarTest } from './arrange-calendar.js';
import { takeCourses, type Participation } from './take-courses.js';
import {
  CALENDAR,
  Followed,
  INDEPENDENT,
  MUNICIPALITY,
  UNITS,
  enrolment,
  eppn,
  idOf,
  reported,
} from './testing/given-person.js';
import { traceStays } from './trace-stays.js';

const ENGLISH = idOf('english 6');
const COURSE_TEST: CalendarTest = {
  activity: ENGLISH,
  schoolType: 'GY',
  assignedBy: 'course',
  windowStart: '2027-04-12',
  windowEnd: '2027-04-23',
};
const TODAY = '2026-11-10';

const takes = (more: Partial<Participation> = {}): Participation => ({
  activity: ENGLISH,
  huvudman: MUNICIPALITY,
  schoolUnit: UNITS[MUNICIPALITY]!,
  from: '2026-08-18',
  to: '2027-06-11',
  ...more,
});
const pupilOf = (huvudman: string, startDate: string, endDate?: string) =>
  enrolment(huvudman, startDate, { schoolType: 'GY', schoolYear: 2, endDate });

/** Whether a pupil with these enrolments and courses writes the test, seated where the last enrolment is. */
function writes(
  enrolments: readonly ReturnType<typeof enrolment>[],
  participations: readonly Participation[],
  isProtected = false,
): boolean {
  const stays = traceStays(enrolments, TODAY);
  const facts = { participations, stays, isProtected };
  return takeCourses([COURSE_TEST], stays.at(-1)!, facts).length > 0;
}

describe('a test that is assigned by course', () => {
  const here = [pupilOf(MUNICIPALITY, '2025-08-18')];

  it.each([
    ['is written by who takes the course', takes(), true],
    ['has no end yet', takes({ to: NEVER }), true],
    ['begins on the last day of the window', takes({ from: '2027-04-23' }), true],
    ['begins after the window', takes({ from: '2027-04-24' }), false],
    ['ended before the window', takes({ to: '2027-04-11' }), false],
    ['is another course', takes({ activity: idOf('another') }), false],
    ['is at a unit where the pupil is not', takes({ schoolUnit: '99999999' }), false],
    ['is of a source that names no unit', takes({ schoolUnit: undefined }), true],
    ['is of a huvudman that never had the pupil', takes({ huvudman: INDEPENDENT, schoolUnit: undefined }), false],
  ])('where the course %s', (_, participation, expected) => {
    expect(writes(here, [participation])).toBe(expected);
  }); // prettier-ignore

  describe('of a pupil who moves', () => {
    const moved = [
      pupilOf(MUNICIPALITY, '2025-08-18', '2026-11-30'),
      pupilOf(INDEPENDENT, '2026-12-01'),
    ];

    it.each([
      ['ended with the stay', takes({ to: '2026-11-30' }), true],
      ['ended a little before it', takes({ to: '2026-11-02' }), true],
      ['was dropped long before', takes({ to: '2026-09-30' }), false],
      ['was never ended by the school that was left', takes({ to: NEVER }), true],
    ])('is judged by the course: it %s', (_, participation, expected) => {
      expect(writes(moved, [participation])).toBe(expected);
    });

    it('is not written again in the next school year because the old group still stands', () => {
      const earlier = [
        pupilOf(MUNICIPALITY, '2024-08-18', '2026-02-01'),
        pupilOf(INDEPENDENT, '2026-02-02'),
      ];
      expect(writes(earlier, [takes({ from: '2025-08-18', to: NEVER })])).toBe(false);
    });

    it('does not follow a protected pupil, who is told of at one place only', () => {
      expect(writes(moved, [takes({ to: NEVER })], true)).toBe(false);
      const own = takes({ huvudman: INDEPENDENT, schoolUnit: UNITS[INDEPENDENT]! });
      expect(writes(moved, [own], true)).toBe(true);
    });
  });
});

describe('a course among the decisions', () => {
  const calendar = { ...CALENDAR, tests: [{ ...COURSE_TEST, displayName: 'English 6' }] };
  const pupil = () =>
    new Followed(TODAY, { calendar }).learns({
      eppns: [eppn(MUNICIPALITY), eppn(INDEPENDENT, 'b2')],
      enrolments: [pupilOf(MUNICIPALITY, '2025-08-18')],
    });

  it('gives the test when it is heard of, and takes it when it is dropped', () => {
    const followed = pupil();
    expect(followed.tests).toEqual([]);
    expect(followed.takes(takes()).tests).toEqual([`${MUNICIPALITY}:assigned`]);
    expect(followed.takes(takes({ to: TODAY })).tests).toEqual([]);
  });

  it('keeps the id and what was begun through a move', () => {
    const followed = pupil().takes(takes());
    const { id } = followed.record.access.tests[0]!;
    followed.learns({ tests: [reported('begun', '2027-04-13T08:00:00Z', ENGLISH)] });
    followed.today = '2027-04-15';
    followed.takes(takes({ to: '2027-04-14' })).learns({
      enrolments: [
        pupilOf(MUNICIPALITY, '2025-08-18', '2027-04-14'),
        pupilOf(INDEPENDENT, '2027-04-15'),
      ],
    });
    expect(followed.record.access.tests).toMatchObject([
      { id, huvudman: INDEPENDENT, state: 'begun', windowEnd: COURSE_TEST.windowEnd },
    ]);
  });

  it('is no course of those whom the year gives their tests', () => {
    const followed = new Followed(TODAY).learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [enrolment(MUNICIPALITY, '2026-08-18')],
    });
    expect(followed.tests).toEqual([`${MUNICIPALITY}:assigned`]);
  });
});
