import type { AccessState, Enrolment } from '#canonical';
import type { HubInMemory } from './hub-in-memory.js';

/** What stands of one person, without the hub's ids and without since-when and because-of-what. */
export interface Settled {
  readonly register: string;
  readonly access: string;
  /** An old entry is held, since no new one is usable. */
  readonly isHeld: boolean;
}

/** What stands in register and test access, person by person. */
export function settledState(hub: HubInMemory): readonly Settled[] {
  const standing = [...hub.register.persons.values()].filter(({ isEnded }) => !isEnded);
  const persons = standing.map(({ id, state, claims }) => ({
    register: JSON.stringify([
      claims.filter(({ kind }) => kind === 'register').map(({ source, localId, deleted }) => `${source} ${localId} ${deleted}`).sort(),
      state!.securityMarking,
      state!.standing,
      state!.eppns.map(({ huvudman, value }) => `${huvudman} ${value}`).sort(),
      textsOf(state!.enrolments),
      textsOf(state!.tests),
    ]), // prettier-ignore
    ...settledAccess(hub.access.stateOf(id), state!.enrolments),
  }));
  return persons.sort((one, other) => (one.register < other.register ? -1 : 1));
}

/**
 * Whether two orders of the same facts have come to the same. One difference is in the nature of rule 2: where an enrolment was
 * cancelled, or ended at a huvudman that does not bridge, before its successor is usable, its entry is held if it was ever usable,
 * which hangs on when it was told (`mayHold`).
 */
export function isSameState(
  one: readonly Settled[],
  other: readonly Settled[],
  mayHold: boolean,
): boolean {
  return (
    one.length === other.length &&
    one.every(({ register, access, isHeld }, index) => {
      const same = other[index]!;
      if (register !== same.register) return false;
      return access === same.access || (mayHold && (isHeld || same.isHeld));
    })
  );
}

function settledAccess(
  state: AccessState | undefined,
  enrolments: readonly Enrolment[],
): Pick<Settled, 'access' | 'isHeld'> {
  const { entries = [], standings = [], tests = [] } = state ?? {};
  const places = new Map(entries.map(({ id, huvudman, schoolUnit, role }) => [id, `${huvudman} ${schoolUnit} ${role}`])); // prettier-ignore
  const access = JSON.stringify([
    textsOf(entries),
    standings.map(({ entry, ...standing }) => JSON.stringify([{ ...standing, ...UNTOLD }, places.get(entry ?? '')])).sort(),
    textsOf(tests),
  ]); // prettier-ignore
  return { access, isHeld: entries.some((entry) => isHeld(entry, enrolments)) };
}

/** Held as such, or bridged at a place where nobody says any more that the pupil has ever been. */
function isHeld(
  { held, schoolUnit }: AccessState['entries'][number],
  enrolments: readonly Enrolment[],
): boolean {
  const hasBeen = enrolments.some((one) => !one.cancelled && one.schoolUnit === schoolUnit);
  return held === 'make-before-break' || (held === 'bridged' && !hasBeen);
}

function textsOf(things: readonly object[]): string[] {
  const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
  return things
    .map((thing) => JSON.stringify(Object.entries({ ...thing, ...UNTOLD }).sort(byName)))
    .sort();
}

/** The same facts may give other ids, and may have given what stands at another time. */
const UNTOLD = { id: undefined, since: undefined, because: undefined };
