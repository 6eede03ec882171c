import { type DutyRole, schoolYearOf, type Day } from '#canonical';
import { inventNames } from './names.js';
import { Random } from './random.js';
import type { Pupil, PupilRecord, SchoolClass, StaffMember, Town, TownHuvudman, TownUnit } from './town.js'; // prettier-ignore

interface Place {
  readonly day: Day;
  readonly units: readonly TownUnit[];
  readonly huvudmen: readonly TownHuvudman[];
}

/** How old pupils are in the autumn in which they begin, less one: seven in GR, sixteen in GY. */
const AGE_BEFORE: Readonly<Partial<Record<TownUnit['schoolType'], number>>> = { GR: 6, GY: 15 };
const EPPN_LENGTH = 8;

/** As many pupils as wanted, spread over units and years. Numbers have the right year of birth, or the nearest that the list has. */
export function inventPupils(
  random: Random,
  { day, units, huvudmen, pupils }: Place & { readonly pupils: number },
  numbers: readonly string[],
): Pupil[] {
  const supply = new NumberSupply(random, numbers);
  return Array.from({ length: pupils }, (_, index) => {
    const unit = units[index % units.length]!;
    const years = unit.lastYear - unit.firstYear + 1;
    const schoolYear = unit.firstYear + (Math.floor(index / units.length) % years);
    const huvudman = huvudmen.find(({ id }) => id === unit.huvudman)!;
    const born = schoolYearOf(day) - schoolYear - (AGE_BEFORE[unit.schoolType] ?? 6);
    // Enrolled since the autumn before last at the latest, so that a town invented in July is at school too.
    const startDate = `${schoolYearOf(day) - 1 - random.below(schoolYear)}-08-18`;
    const record = inventRecord(random, huvudman);
    record.enrolments.push({ unit: unit.code, schoolYear, startDate });
    return { civicNo: supply.bornIn(born), ...inventNames(random), records: [record] };
  });
}

/** What a register makes for a pupil it did not know. */
export function inventRecord(random: Random, huvudman: TownHuvudman): PupilRecord {
  return {
    huvudman: huvudman.id,
    localId: random.uuid(),
    eppn: inventEppn(random, huvudman),
    canvasUser: `2107${String(random.below(1_000_000_000)).padStart(13, '0')}`,
    enrolments: [],
  };
}

export function inventEppn(random: Random, { slug }: TownHuvudman): string {
  return `${random.word(EPPN_LENGTH)}@${slug}.example`;
}

/** A principal and an administrator for each unit, the rest teachers. */
export function inventStaff(
  random: Random,
  { day, units, huvudmen, staff }: Place & { readonly staff: number },
  numbers: readonly string[],
): StaffMember[] {
  const supply = random.shuffle(numbers);
  return Array.from({ length: staff }, (_, index) => {
    const unit = units[index % units.length]!;
    const huvudman = huvudmen.find(({ id }) => id === unit.huvudman)!;
    const round = Math.floor(index / units.length);
    const dutyRole: DutyRole =
      round === 0 ? 'Rektor' : round === 1 ? 'Skoladministratör' : 'Lärare';
    return {
      civicNo: supply[index % supply.length]!,
      ...inventNames(random),
      huvudman: huvudman.id,
      localId: random.uuid(),
      eppn: inventEppn(random, huvudman),
      duty: {
        id: random.uuid(),
        unit: unit.code,
        dutyRole,
        startDate: `${schoolYearOf(day) - 1 - random.below(6)}-08-01`,
      },
    };
  });
}

/** One class for each unit and year, taught by one of the unit's staff. */
export function inventClasses(
  random: Random,
  {
    day,
    units,
    pupils,
    staff,
    calendar,
  }: Pick<Town, 'day' | 'units' | 'pupils' | 'staff' | 'calendar'>,
): SchoolClass[] {
  return units.flatMap((unit) => {
    const teachers = staff.filter(({ duty }) => duty.unit === unit.code);
    if (teachers.length === 0) return [];
    return Array.from({ length: unit.lastYear - unit.firstYear + 1 }, (_, offset) => {
      const schoolYear = unit.firstYear + offset;
      const members = pupils.flatMap(({ records: [record] }) => {
        const [enrolment] = record!.enrolments;
        const isHere = enrolment!.unit === unit.code && enrolment!.schoolYear === schoolYear;
        return isHere ? [record!.localId] : [];
      });
      const courseTest = calendar.tests.find(
        (test) =>
          test.assignedBy === 'course' &&
          test.schoolType === unit.schoolType &&
          test.schoolYear === schoolYear,
      );
      return {
        id: random.uuid(),
        activity: random.uuid(),
        huvudman: unit.huvudman,
        unit: unit.code,
        displayName: `${unit.displayName} ${schoolYear}A`,
        members,
        teacherDuty: random.pick(teachers.slice(-Math.max(1, teachers.length - 2))).duty.id,
        startDate: `${schoolYearOf(day) - 1}-08-18`,
        ...(courseTest && { testActivity: courseTest.activity }),
      };
    }).filter(({ members }) => members.length > 0);
  });
}

/** Gives out each number once, as long as there are any. */
class NumberSupply {
  private readonly byYear = new Map<number, string[]>();

  constructor(random: Random, numbers: readonly string[]) {
    for (const number of random.shuffle(numbers)) {
      const year = Number(number.slice(0, 4));
      const list = this.byYear.get(year);
      if (list) list.push(number);
      else this.byYear.set(year, [number]);
    }
  }

  /** @throws RangeError when every number is given out. */
  bornIn(year: number): string {
    const [nearest] = [...this.byYear.keys()].sort(
      (one, other) => Math.abs(one - year) - Math.abs(other - year),
    );
    if (nearest === undefined) {
      throw new RangeError('Ask for fewer pupils: every test number is given out.');
    }
    const list = this.byYear.get(nearest)!;
    const number = list.pop()!;
    if (list.length === 0) this.byYear.delete(nearest);
    return number;
  }
}
