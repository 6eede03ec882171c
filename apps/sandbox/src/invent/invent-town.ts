import { nationalId, uuidV5, type Day } from '#canonical';
import { inventCalendar } from './invent-calendar.js';
import { inventClasses, inventPupils, inventStaff } from './invent-people.js';
import { inventUnitNames } from './names.js';
import type { Municipality, PublicData } from './public-data.js';
import { Random } from './random.js';
import type { Town, TownHuvudman, TownUnit } from './town.js';

export interface TownPlan {
  readonly seed: number;
  readonly day: Day;
  readonly pupils: number;
  readonly staff: number;
}

const NAMESPACE = '5b6f6f5e-0d0e-5e0a-9d4b-6a1f0c5d2e77';
const INDEPENDENTS = ['Påhittade Skolor AB', 'Fantasiskolan ekonomisk förening'] as const;

/** What each huvudman runs: two municipal, two independent. */
const SCHOOLS: readonly (readonly Pick<TownUnit, 'schoolType' | 'firstYear' | 'lastYear'>[])[] = [
  [
    { schoolType: 'GR', firstYear: 1, lastYear: 9 },
    { schoolType: 'GY', firstYear: 1, lastYear: 3 },
  ],
  [
    { schoolType: 'GR', firstYear: 1, lastYear: 9 },
    { schoolType: 'GR', firstYear: 4, lastYear: 9 },
  ],
  [{ schoolType: 'GR', firstYear: 1, lastYear: 9 }],
  [{ schoolType: 'GY', firstYear: 1, lastYear: 3 }],
];

/** Invents a town: the same seed, day and data give the same one. Municipalities are real, all the rest is not. */
export function inventTown(plan: TownPlan, data: PublicData): Town {
  const random = new Random('town', plan.seed);
  const huvudmen = inventHuvudmen(random, plan.seed, data.municipalities);
  const units = inventUnits(random, huvudmen);
  const pupils = inventPupils(random, { ...plan, units, huvudmen }, data.pupilNumbers);
  const staff = inventStaff(random, { ...plan, units, huvudmen }, data.staffNumbers);
  const calendar = inventCalendar(plan.day, data.testActivities);
  return {
    seed: plan.seed,
    day: plan.day,
    calendar,
    huvudmen,
    units,
    pupils,
    staff,
    classes: inventClasses(random, { day: plan.day, units, pupils, staff, calendar }),
    lastSaidMs: Date.parse(`${plan.day}T05:00:00Z`),
    changes: 0,
    moves: [],
    absences: [],
    begunTests: [],
  };
}

function inventHuvudmen(
  random: Random,
  seed: number,
  municipalities: readonly Municipality[],
): TownHuvudman[] {
  const [first, second] = random.shuffle(municipalities);
  const taken = new Set<string>();
  return SCHOOLS.map((_schools, index) => {
    const place = index % 2 === 0 ? first! : second!;
    const isMunicipal = index < 2;
    const displayName = isMunicipal ? place.name : INDEPENDENTS[index - 2]!;
    const slug = plainWord(isMunicipal ? place.shortName : displayName.split(' ')[0]!);
    return {
      id: uuidV5(NAMESPACE, `${seed}|huvudman|${index}`).replaceAll('-', '').slice(0, 16),
      slug,
      displayName,
      owner: isMunicipal ? 'municipal' : 'independent',
      organisationNumber: nobodysNumber(random, isMunicipal ? '212999' : '559999', taken),
      municipalityCode: place.code,
      hasCanvas: index % 2 === 0,
    };
  });
}

function inventUnits(random: Random, huvudmen: readonly TownHuvudman[]): TownUnit[] {
  const names = inventUnitNames(random);
  return huvudmen.flatMap((huvudman, index) =>
    SCHOOLS[index]!.map((school) => {
      const code = `99${String(random.below(1_000_000)).padStart(6, '0')}`;
      const place = names.shift()!;
      const displayName = school.schoolType === 'GY' ? `${place} gymnasium` : `${place}skolan`;
      return { code, id: nationalId(code), huvudman: huvudman.id, displayName, ...school };
    }),
  );
}

/** Ten digits with a check digit that is one off (standards §3.3), so that the number is nobody's; each is given once. */
function nobodysNumber(random: Random, beginning: string, taken: Set<string>): string {
  const digits = beginning + String(random.below(1_000)).padStart(3, '0');
  const sum = [...digits].reduce((total, digit, index) => {
    const product = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (product > 9 ? product - 9 : product);
  }, 0);
  const number = digits + String((11 - (sum % 10)) % 10);
  if (taken.has(number)) return nobodysNumber(random, beginning, taken);
  taken.add(number);
  return number;
}

/** Of a name, what may stand in ids and domains. */
function plainWord(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{Diacritic}/gu, '');
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30);
}
