import type { AccessState } from '#canonical';
import type { Fault } from './findings.js';
import { dayText } from './history.js';
import type { KnownPerson } from './model/known-persons.js';
import { isActive, staysOf } from './model/stays.js';
import { HUVUDMEN } from './world.js';

type Entry = AccessState['entries'][number];

/**
 * Rule 5: an entry on every day of a duty and on no other, with two-factor log-in, and with an EPPN apart from a pupil's.
 *
 * @param before what stood, if nothing but time has passed since: it gives staff another log-in only when they become pupils too.
 */
export function checkStaff(
  { entries }: AccessState,
  person: KnownPerson,
  day: number,
  before: readonly Entry[] = [],
): readonly Fault[] {
  const staff = entries.filter(({ role }) => role !== 'pupil');
  if (staff.length === 0 && person.duties.length === 0) return [];
  const faults: Fault[] = [];
  const on = `on ${dayText(day)}`;
  const wanted = new Map<string, boolean>();
  for (const { huvudman, unit, start, end } of person.duties) {
    if (start > day || end < day) continue;
    const given = new Set(person.eppns.get(huvudman)?.now);
    const isPupilToo = isPupilAt(huvudman, person, day);
    wanted.set(`${huvudman}/${unit}`, given.size > (isPupilToo ? 1 : 0));
  }
  for (const [place, isUsable] of wanted) {
    const entry = staff.find(({ huvudman, schoolUnit }) => `${huvudman}/${schoolUnit}` === place);
    if (entry === undefined || (isUsable && entry.eppn === null)) {
      faults.push({ kind: 'divergent', says: `no usable entry as staff at ${place} ${on}` });
    }
  }
  for (const { id, huvudman, schoolUnit, eppn, requiredAssurance } of staff) {
    const duties = person.duties.filter((one) => one.unit === schoolUnit);
    const old = before.find((one) => one.id === id)?.eppn;
    const isStillGiven = person.eppns.get(huvudman)?.now.some((one) => one === old) ?? false;
    if (isStillGiven && old !== eppn && duties.length === 1 && !isPupilAt(huvudman, person, day)) {
      const says = `by time alone staff at ${huvudman} log in with another EPPN ${on}`;
      faults.push({ kind: 'divergent', says });
    }
    if (!wanted.has(`${huvudman}/${schoolUnit}`)) {
      faults.push({
        kind: 'resurrections',
        says: `an entry as staff at ${huvudman} ${on} without a duty`,
      });
    }
    const floor = HUVUDMEN.find(({ id }) => id === huvudman)!.policy?.staffAssurance ?? 'loa3';
    if (requiredAssurance !== floor) {
      faults.push({
        kind: 'divergent',
        says: `staff at ${huvudman} need ${requiredAssurance} ${on}`,
      });
    }
  }
  return faults;
}

function isPupilAt(huvudman: string, person: KnownPerson, day: number): boolean {
  return staysOf(person, day).some((stay) => stay.huvudman === huvudman && isActive(stay, day));
}
