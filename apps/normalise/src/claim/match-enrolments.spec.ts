import type { Enrolment } from '#canonical';
import {
  endUnknown,
  matchEnrolments,
  type AssertedEnrolment,
  type MatchingTerms,
} from './match-enrolments.js';

const terms: MatchingTerms = {
  source: 'sis',
  huvudman: 'kommunen1',
  newId: (name) => `id of ${name}`,
};
const match = (held: readonly Enrolment[], asserted: readonly AssertedEnrolment[]) =>
  matchEnrolments(held, asserted, terms).named;
const year9: AssertedEnrolment = {
  schoolUnit: '31279295',
  schoolType: 'GR',
  schoolYear: 9,
  startDate: '2026-08-17',
  endDate: '2027-06-11',
  cancelled: false,
};
const held = (asserted: AssertedEnrolment = year9): Enrolment => match([], [asserted])[0]!;

describe('an enrolment', () => {
  it('that is new gets an id, the same one whenever it is made again', () => {
    expect(held()).toEqual({
      ...year9,
      id: 'id of 31279295|GR|2026-08-17',
      source: 'sis',
      huvudman: 'kommunen1',
    });
  });

  it('whose dates are corrected is the same enrolment', () => {
    const corrected = { ...year9, startDate: '2026-08-20', endDate: '2027-06-10' };
    const [enrolment] = match([held()], [corrected]);
    expect(enrolment).toMatchObject({ id: held().id, startDate: '2026-08-20' });
  });

  it('in the other spelling of the same school form is the same enrolment', () => {
    const before = held({ ...year9, schoolType: 'GRS' });
    const [enrolment] = match([before], [{ ...year9, schoolType: 'GRAN' }]);
    expect(enrolment).toMatchObject({ id: before.id, schoolType: 'GRAN' });
  });

  it('at another unit is another enrolment', () => {
    const moved = { ...year9, schoolUnit: '12345674', startDate: '2026-10-01' };
    const { named, unnamed } = matchEnrolments([held()], [moved], terms);
    expect(named[0]!.id).not.toBe(held().id);
    expect(unnamed).toEqual([held()]);
  });

  it('of two periods at one unit is matched to the period it overlaps', () => {
    const spring = held({ ...year9, startDate: '2026-01-08', endDate: '2026-03-01' });
    const autumn = held();
    const asserted = [
      { ...year9, startDate: '2026-08-19' },
      { ...year9, startDate: '2026-01-08', endDate: '2026-02-20' },
    ];
    const [first, second] = match([spring, autumn], asserted);
    expect([first!.id, second!.id]).toEqual([autumn.id, spring.id]);
  });

  it('without overlap is matched to the nearest period, and the farther one has its own end', () => {
    const long = held({ ...year9, startDate: '2024-08-19', endDate: '2024-12-20' });
    const near = held({ ...year9, startDate: '2026-01-08', endDate: '2026-06-12' });
    const [enrolment] = match([long, near], [year9]);
    expect(enrolment!.id).toBe(near.id);
  });

  it('that one list names twice still has an id of its own', () => {
    const enrolments = match([], [year9, { ...year9, schoolYear: 8 }]);
    expect(new Set(enrolments.map(({ id }) => id)).size).toBe(2);
  });

  it('that begins on the day which once named a corrected one gets another id', () => {
    const [corrected] = match([held()], [{ ...year9, startDate: '2026-09-01' }]);
    const again = { ...year9, endDate: '2026-08-20' };
    const both = match([corrected!], [{ ...year9, startDate: '2026-09-01' }, again]);
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
    expect(both[0]!.id).toBe(corrected!.id);
  });
});

describe('an enrolment that nobody names any more', () => {
  const day = '2026-10-01';

  it('has ended for an unknown reason', () =>
    expect(endUnknown(held(), day)).toEqual({ ...held(), endDate: day, endReason: 'unknown' }));

  it('that had ended before stays as it was', () => {
    const ended = held({ ...year9, startDate: '2025-08-18', endDate: '2026-06-12' });
    expect(endUnknown(ended, day)).toEqual(ended);
  });

  it('that had not begun is cancelled', () => {
    const future = held({ ...year9, startDate: '2027-01-10' });
    expect(endUnknown(future, day)).toMatchObject({ cancelled: true, endReason: 'unknown' });
  });
});
