import type { SchoolUnitAsserted } from '#adapters';
import { nationalId, type CalendarSetting, type HuvudmanSetting, type SourceKind, type SourceSetting } from '#canonical'; // prettier-ignore

/**
 * The school world of the histories, all invented: three huvudmän of different policies, their units and sources, one calendar.
 * Every value that belongs to a huvudman has its name in it, so that a leak can be read off the text of what another was told.
 */

export const HUVUDMEN: readonly HuvudmanSetting[] = [
  huvudman('alfakommun', '2120000001', 'municipal'),
  huvudman('betaskolan', '5560000001', 'independent'),
  { ...huvudman('gammaskolan', '5560000002', 'independent'), policy: { bridging: false, contestedDays: 7 } }, // prettier-ignore
];

export interface Unit {
  readonly code: string;
  readonly huvudman: string;
}

export const UNITS: readonly Unit[] = [
  { code: '11111111', huvudman: 'alfakommun' },
  { code: '12222222', huvudman: 'alfakommun' },
  { code: '23333333', huvudman: 'betaskolan' },
  { code: '34444444', huvudman: 'gammaskolan' },
];

/** The unit that may go to another owner, and back; on real services each history has one of its own, which begins like it. */
export const TRAVELLING: Unit = { code: '50000000', huvudman: 'alfakommun' };
export const TRAVELS_TO = 'betaskolan';

export function isTravelling(code: string): boolean {
  return code.startsWith('5');
}

/** When the national register said first whose each unit is. */
export const OWNED_SINCE = '2020-01-01T00:00:00.000000Z';

/** What the national register says of a unit. */
export function unitFact({ code, huvudman: id }: Unit, modified: string): SchoolUnitAsserted {
  const { organisationNumber } = HUVUDMEN.find((one) => one.id === id)!;
  return {
    kind: 'school-unit-asserted',
    localId: code,
    modified,
    code,
    displayName: `Provskolan ${code}`,
    organisationNumber,
    schoolTypes: ['GR'],
    municipalityCode: '0180',
    startDate: '2015-07-01',
    status: 'AKTIV',
  };
}

/** Who has a second register (adult education) beside the first, and who a learning platform. */
export const SOURCES: readonly SourceSetting[] = [
  source('alfa-register', 'alfakommun', 'elevregister'),
  source('alfa-adults', 'alfakommun', 'elevregister'),
  source('alfa-platform', 'alfakommun', 'learning-platform'),
  source('beta-register', 'betaskolan', 'elevregister'),
  source('beta-platform', 'betaskolan', 'learning-platform'),
  source('gamma-register', 'gammaskolan', 'elevregister'),
  source('test-platform', null, 'test-platform'),
  source('school-units', null, 'school-units'),
];

export const MATHS = nationalId('maths, year 6');
export const SWEDISH = nationalId('Swedish, year 9');
export const ADULT_ENGLISH = nationalId('English, adults');

export const CALENDAR: CalendarSetting = {
  kind: 'calendar',
  id: 'histories',
  terms: [
    { name: 'autumn 2026', startDate: '2026-08-18', endDate: '2026-12-18' },
    { name: 'spring 2027', startDate: '2027-01-08', endDate: '2027-06-11' },
    { name: 'autumn 2027', startDate: '2027-08-17', endDate: '2027-12-17' },
  ],
  tests: [
    test(MATHS, 'GR', 6, '2026-11-09', '2026-11-20'),
    test(SWEDISH, 'GR', 9, '2027-03-08', '2027-03-19'),
    test(ADULT_ENGLISH, 'VUXGY', undefined, '2026-12-01', '2026-12-04'),
  ],
};

/** Their numbers are among Skatteverket's test numbers; no two of them share a name or a birth date. */
export interface Person {
  readonly name: string;
  readonly familyName: string;
  readonly number: string;
  /** What a register gives somebody who has no personnummer yet. */
  readonly tfNumber: string;
  readonly birthDate: string;
}

export const PERSONS: readonly Person[] = [
  {
    name: 'Asta',
    familyName: 'Ekman',
    number: '201003142385',
    tfNumber: '20100314TF01',
    birthDate: '2010-03-14',
  },
  {
    name: 'Bo',
    familyName: 'Fors',
    number: '201801022383',
    tfNumber: '20180102TF01',
    birthDate: '2018-01-02',
  },
  {
    name: 'Cilla',
    familyName: 'Gran',
    number: '201801042381',
    tfNumber: '20180104TF01',
    birthDate: '2018-01-04',
  },
];

/** Of Skatteverket's test numbers too; none of the persons bears it. */
export const SPARE_NUMBER = '201801062389';

/** The day on which every history begins. */
export const FIRST_DAY = '2026-10-01';

function huvudman(
  id: string,
  organisationNumber: string,
  owner: HuvudmanSetting['owner'],
): HuvudmanSetting {
  return {
    kind: 'huvudman',
    id,
    displayName: id,
    organisationNumber,
    owner,
    subscriberClients: [],
  };
}

function source(id: string, owner: string | null, sourceKind: SourceKind): SourceSetting {
  const contract = { marking: 'field', completeness: 'full', silenceHours: 24 } as const;
  return { kind: 'source', id, huvudman: owner, sourceKind, adapter: 'any', clients: [], contract };
}

function test(
  activity: string,
  schoolType: 'GR' | 'VUXGY',
  schoolYear: number | undefined,
  windowStart: string,
  windowEnd: string,
): CalendarSetting['tests'][number] {
  return { activity, displayName: activity, schoolType, schoolYear, windowStart, windowEnd };
}
