import type { Enrolment } from '#canonical';
import { matchEnrolments, type AssertedEnrolment, type MatchingTerms } from './match-enrolments.js';

const terms = (completeness: 'full' | 'delta' = 'full'): MatchingTerms => ({
  source: 'sis',
  huvudman: 'kommunen1',
  completeness,
  asOf: () => '2026-10-01',
  newId: (name) => `id of ${name}`,
});
const year9: AssertedEnrolment = {
  schoolUnit: '31279295',
  schoolType: 'GR',
  schoolYear: 9,
  startDate: '2026-08-17',
  endDate: '2027-06-11',
  cancelled: false,
};
const held = (asserted: AssertedEnrolment = year9): Enrolment =>
  matchEnrolments([], [asserted], terms())[0]!;

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
    const [enrolment] = matchEnrolments([held()], [corrected], terms());
    expect(enrolment).toMatchObject({ id: held().id, startDate: '2026-08-20' });
  });

  it('in the other spelling of the same school form is the same enrolment', () => {
    const before = held({ ...year9, schoolType: 'GRS' });
    const [enrolment] = matchEnrolments([before], [{ ...year9, schoolType: 'GRAN' }], terms());
    expect(enrolment).toMatchObject({ id: before.id, schoolType: 'GRAN' });
  });

  it('at another unit is another enrolment, and the one that vanished has ended for an unknown reason', () => {
    const moved = { ...year9, schoolUnit: '12345674', startDate: '2026-10-01' };
    const [there, here] = matchEnrolments([held()], [moved], terms());
    expect(there!.id).not.toBe(held().id);
    expect(here).toMatchObject({ id: held().id, endDate: '2026-10-01', endReason: 'unknown' });
  });

  it('that a delta does not name stands as it was', () => {
    expect(matchEnrolments([held()], [], terms('delta'))).toEqual([held()]);
  });

  it('that had ended before it vanished stays as it was', () => {
    const ended = held({ ...year9, startDate: '2025-08-18', endDate: '2026-06-12' });
    expect(matchEnrolments([ended], [], terms())).toEqual([ended]);
  });

  it('that had not begun when it vanished is cancelled', () => {
    const future = held({ ...year9, startDate: '2027-01-10' });
    expect(matchEnrolments([future], [], terms())[0]).toMatchObject({
      cancelled: true,
      endReason: 'unknown',
    });
  });

  it('that comes back after it vanished is the same one again, open', () => {
    const [gone] = matchEnrolments([held()], [], terms());
    expect(matchEnrolments([gone!], [year9], terms())).toEqual([held()]);
  });

  it('of two periods at one unit is matched to the period it overlaps', () => {
    const spring = held({ ...year9, startDate: '2026-01-08', endDate: '2026-03-01' });
    const autumn = held();
    const asserted = [
      { ...year9, startDate: '2026-08-19' },
      { ...year9, startDate: '2026-01-08', endDate: '2026-02-20' },
    ];
    const [first, second] = matchEnrolments([spring, autumn], asserted, terms());
    expect([first!.id, second!.id]).toEqual([autumn.id, spring.id]);
  });

  it('without overlap is matched to the nearest period, and the farther one has its own end', () => {
    const long = held({ ...year9, startDate: '2024-08-19', endDate: '2024-12-20' });
    const near = held({ ...year9, startDate: '2026-01-08', endDate: '2026-06-12' });
    const [enrolment] = matchEnrolments([long, near], [year9], terms());
    expect(enrolment!.id).toBe(near.id);
  });

  it('that one list names twice still has an id of its own', () => {
    const enrolments = matchEnrolments([], [year9, { ...year9, schoolYear: 8 }], terms());
    expect(new Set(enrolments.map(({ id }) => id)).size).toBe(2);
  });

  it('that begins on the day which once named a corrected one gets another id', () => {
    const [corrected] = matchEnrolments([held()], [{ ...year9, startDate: '2026-09-01' }], terms());
    const again = { ...year9, endDate: '2026-08-20' };
    const both = matchEnrolments(
      [corrected!],
      [{ ...year9, startDate: '2026-09-01' }, again],
      terms(),
    );
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
    expect(both[0]!.id).toBe(corrected!.id);
  });
});
