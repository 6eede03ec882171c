import { clientOf, nationalId, type Huvudman } from './pupils.js';

const DAY_MS = 86_400_000;

/** The one test of the proof's calendar. */
export const ACTIVITY = nationalId('GRGRMAT01_9');

/** YYYY-MM-DD, so many days after the given moment. */
export function dayAfter(now: Date, days: number): string {
  return new Date(now.getTime() + days * DAY_MS).toISOString().slice(0, 10);
}

/** What an administrator has decided, as records of `admin.settings`. */
export function settingsOf(
  huvudmen: readonly Huvudman[],
  now: Date,
): { readonly key: string; readonly value: string }[] {
  const settings: { kind: string; id: string }[] = huvudmen.flatMap((huvudman) => [
    huvudmanSetting(huvudman),
    sourceSetting(`register-${huvudman.letter}`, huvudman, 'elevregister', 'ss12000'),
    sourceSetting(`absence-${huvudman.letter}`, huvudman, 'absence', 'ss12000-attendance'),
    sourceSetting(`platform-${huvudman.letter}`, huvudman, 'learning-platform', 'canvas'),
  ]);
  settings.push(
    sourceSetting('units', null, 'school-units', 'school-units'),
    sourceSetting('tests', null, 'test-platform', 'test-platform'),
    sourceSetting('faulty', huvudmen[0]!, 'learning-platform', 'throws'),
    calendar((days) => dayAfter(now, days)),
  );
  return settings.map((setting) => ({
    key: `${setting.kind}/${setting.id}`,
    value: JSON.stringify(setting),
  }));
}

/** A school unit as the national register has it. */
export function unitData(
  code: string,
  { organisationNumber }: Pick<Huvudman, 'organisationNumber'>,
  at: string,
): object {
  return {
    meta: { extractDate: at },
    data: {
      schoolUnitCode: code,
      attributes: {
        displayName: `Provskolan ${code}`,
        status: 'AKTIV',
        municipalityCode: '0180',
        schoolTypes: ['GR'],
        startdate: '2015-07-01',
      },
    },
    included: { organizationNumber: organisationNumber },
  };
}

function calendar(day: (days: number) => string) {
  return {
    kind: 'calendar',
    id: 'year',
    terms: [
      { name: 'HT', startDate: day(-100), endDate: day(40) },
      { name: 'VT', startDate: day(60), endDate: day(220) },
    ],
    tests: [
      {
        activity: ACTIVITY,
        displayName: 'Prov i matematik, årskurs 9',
        schoolType: 'GR',
        schoolYear: 9,
        windowStart: day(-10),
        windowEnd: day(10),
      },
    ],
  };
}

function huvudmanSetting({ id, letter, organisationNumber }: Huvudman) {
  return {
    kind: 'huvudman',
    id,
    displayName: `Provhuvudman ${letter.toUpperCase()}`,
    organisationNumber,
    owner: letter === 'a' ? 'municipal' : 'independent',
    subscriberClients: [],
  };
}

function sourceSetting(id: string, huvudman: Huvudman | null, sourceKind: string, adapter: string) {
  return {
    kind: 'source',
    id,
    huvudman: huvudman?.id ?? null,
    sourceKind,
    adapter,
    clients: [huvudman === null ? 'national' : clientOf(huvudman.letter)],
    contract: { marking: 'field', completeness: 'full', silenceHours: 24 },
  };
}
