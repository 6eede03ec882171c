import type { CalendarSetting } from '#canonical';
import { lastSchoolYear } from './school-forms.js';
import { CALENDAR, Followed, MUNICIPALITY, enrolment, eppn, idOf } from './testing/given-person.js';

/** Three school years over the summer in which the preschool class becomes year 1. */
const calendar: CalendarSetting = {
  ...CALENDAR,
  terms: [
    ...CALENDAR.terms,
    { name: 'spring 2028', startDate: '2028-01-10', endDate: '2028-06-09' },
    { name: 'autumn 2028', startDate: '2028-08-21', endDate: '2028-12-20' },
    { name: 'spring 2029', startDate: '2029-01-09', endDate: '2029-06-08' },
    { name: 'autumn 2029', startDate: '2029-08-20', endDate: '2029-12-20' },
  ],
  tests: [2027, 2028].map((year) => ({
    activity: idOf(`maths of the school year ${year}`),
    displayName: 'Maths',
    schoolType: 'GR',
    schoolYear: year < 2028 ? 6 : 7,
    windowStart: `${year}-11-08`,
    windowEnd: `${year}-11-19`,
  })),
};
const leaving = (schoolYear: number, endDate: string) =>
  new Followed(endDate, { calendar })
    .learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [enrolment(MUNICIPALITY, '2027-08-17', { schoolYear, endDate })],
    })
    .looksAt(`${endDate.slice(0, 4)}-08-02T08:00:00Z`);

describe('the years of a school form', () => {
  it('are one more from the school year 2028/29', () => {
    expect([2027, 2028, 2040].map((during) => lastSchoolYear('GR', during))).toEqual([9, 10, 10]);
    expect([2027, 2028].map((during) => lastSchoolYear('SAM', during))).toEqual([6, 7]);
    expect([2027, 2028].map((during) => lastSchoolYear('GY', during))).toEqual([3, 3]);
    expect(lastSchoolYear('VUXGY', 2027)).toBeUndefined();
  });

  it('year 9 is the last one in June 2028, and not in June 2029', () => {
    expect(leaving(9, '2028-06-09').places).toEqual([]);
    expect(leaving(9, '2029-06-08').places).toEqual(['municipality:bridged*']);
    expect(leaving(10, '2029-06-08').places).toEqual([]);
  });

  it('an enrolment that a register ends in the summer after the last year is completed too', () => {
    expect(leaving(9, '2028-07-31').places).toEqual([]);
    expect(leaving(9, '2029-07-31').places).toEqual(['municipality:bridged*']);
    expect(leaving(10, '2029-07-31').places).toEqual([]);
  });

  it('a calendar names the years of its own school year', () => {
    const followed = new Followed('2027-11-08', { calendar }).learns({
      eppns: [eppn(MUNICIPALITY)],
      enrolments: [
        enrolment(MUNICIPALITY, '2027-08-17', { schoolYear: 5, endDate: '2028-06-30' }),
        enrolment(MUNICIPALITY, '2028-07-01', { schoolYear: 7 }),
      ],
    });
    expect(followed.tests).toEqual([]);
    followed.waitsUntil('2028-11-08');
    expect(followed.record.access.tests).toMatchObject([
      { activity: idOf('maths of the school year 2028'), state: 'assigned' },
    ]);
  });
});
