import { type AccessEntry, type Duty, type DutyRole, NEVER, addDays, type Day } from '#canonical';
import type { Rules } from './access-record.js';
import type { DesiredEntry } from './entitlement.js';

type StaffRole = Exclude<AccessEntry['role'], 'pupil'>;

/** Which duties open the test service, and as what (design §6, rule 5). */
const STAFF_ROLES: Partial<Record<DutyRole, StaffRole>> = {
  Rektor: 'principal',
  Lärare: 'teacher',
  Förstelärare: 'teacher',
  'Speciallärare/specialpedagog': 'teacher',
  Skoladministratör: 'test-administrator',
  'Övrig arbetsledning': 'test-administrator',
};

export function staffRole(dutyRole: DutyRole): StaffRole | undefined {
  return STAFF_ROLES[dutyRole];
}

/** One entry per role and unit, on every day that a duty covers, its last day included. Staff are neither moved nor bridged. */
export function entitleDuties(
  duties: readonly Duty[],
  rules: Rules,
  eppnOf: (duty: Duty) => string | null,
): { readonly entries: readonly DesiredEntry[]; readonly wakes: readonly Day[] } {
  const entries = new Map<string, DesiredEntry>();
  const wakes: Day[] = [];
  for (const duty of duties) {
    const role = staffRole(duty.dutyRole);
    const end = duty.endDate ?? NEVER;
    if (role === undefined || end < duty.startDate) continue;
    wakes.push(duty.startDate, addDays(end, 1));
    if (duty.startDate > rules.today || end < rules.today) continue;
    const place = `${role}/${duty.huvudman}/${duty.schoolUnit}`;
    const until = latestEnd(entries.get(place), end);
    entries.set(place, {
      huvudman: duty.huvudman,
      schoolUnit: duty.schoolUnit,
      role,
      eppn: eppnOf(duty),
      home: false,
      held: 'duty',
      until: until === NEVER ? undefined : until,
      requiredAssurance: rules.policyOf(duty.huvudman).staffAssurance,
      rule: '6.5 duty',
    });
  }
  return { entries: [...entries.values()], wakes };
}

function latestEnd(entry: DesiredEntry | undefined, end: Day): Day {
  if (entry === undefined) return end;
  const other = entry.until ?? NEVER;
  return other > end ? other : end;
}
