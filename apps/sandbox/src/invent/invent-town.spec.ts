import { schoolYearOf } from '#canonical';
import { inventTown } from './invent-town.js';
import { publicData } from './public-data.js';

const data = publicData();
const plan = { seed: 7, day: '2026-11-22', pupils: 600, staff: 60 };
const town = inventTown(plan, data);

describe('an invented town', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(inventTown(plan, data)).toEqual(town);
    expect(inventTown({ ...plan, seed: 8 }, data).huvudmen).not.toEqual(town.huvudmen);
  });

  it('has municipal and independent huvudmän in real municipalities', () => {
    expect(town.huvudmen.map(({ owner }) => owner)).toEqual(['municipal', 'municipal', 'independent', 'independent']); // prettier-ignore
    const codes = data.municipalities.map(({ code }) => code);
    for (const { municipalityCode } of town.huvudmen) expect(codes).toContain(municipalityCode);
  });

  it('gives every person a test number of their own, and no organisation a number that could be real', () => {
    const pupils = town.pupils.map(({ civicNo }) => civicNo);
    const staff = town.staff.map(({ civicNo }) => civicNo);
    expect(new Set([...pupils, ...staff]).size).toBe(plan.pupils + plan.staff);
    const [pupilNumbers, staffNumbers] = [data.pupilNumbers, data.staffNumbers].map((all) => new Set(all)); // prettier-ignore
    expect(pupils.every((number) => pupilNumbers!.has(number))).toBe(true);
    expect(staff.every((number) => staffNumbers!.has(number))).toBe(true);
    for (const { organisationNumber } of town.huvudmen) {
      expect(organisationNumber).toMatch(/^\d{10}$/);
      expect(luhn(organisationNumber)).not.toBe(0);
    }
  });

  it('gives every huvudman an organisation number of its own, where chance gave two the same too', () => {
    const { huvudmen } = inventTown({ ...plan, seed: 211, pupils: 0, staff: 0 }, data);
    expect(new Set(huvudmen.map(({ organisationNumber }) => organisationNumber)).size).toBe(4);
  });

  it('has pupils whose age fits their year, and addresses of nobody', () => {
    for (const { civicNo, records } of town.pupils) {
      const [record] = records;
      const [enrolment] = record!.enrolments;
      const unit = town.units.find(({ code }) => code === enrolment!.unit)!;
      const age = schoolYearOf(plan.day) - Number(civicNo.slice(0, 4));
      expect(age).toBe(enrolment!.schoolYear + (unit.schoolType === 'GY' ? 15 : 6));
      expect(record!.eppn).toMatch(/^[a-z0-9]+@[a-z-]+\.example$/);
      expect(enrolment!.startDate < plan.day).toBe(true);
    }
  });

  it('has a test that is open on the day, whatever day it is', () => {
    for (const day of ['2026-11-22', '2027-01-02', '2027-07-15']) {
      const { calendar, pupils } = inventTown({ ...plan, day, pupils: 6, staff: 6 }, data);
      const open = calendar.tests.filter((test) => test.windowStart <= day && test.windowEnd >= day); // prettier-ignore
      expect(open.map(({ schoolType }) => schoolType)).toEqual(
        expect.arrayContaining(['GR', 'GY']),
      );
      expect(pupils.every(({ records }) => records[0]!.enrolments[0]!.startDate < day)).toBe(true);
    }
  });
});

function luhn(digits: string): number {
  const sum = [...digits].reduce((total, digit, index) => {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (product > 9 ? product - 9 : product);
  }, 0);
  return sum % 10;
}
