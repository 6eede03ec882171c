import type { AccessState, Enrolment, PersonState } from '#canonical';
import type { ClaimRecord } from '../../../apps/normalise/src/register/records.js';
import type { HubInMemory } from './hub-in-memory.js';

/** One person as register and test access have them, held in memory or read back from the stores. */
export interface StandingPerson {
  readonly state: PersonState;
  readonly claims: readonly Pick<ClaimRecord, 'kind' | 'source' | 'localId' | 'deleted'>[];
  readonly access: AccessState | undefined;
}

/** What stands of one person, without the hub's ids and without since-when and because-of-what. */
export interface Settled {
  readonly register: string;
  readonly access: string;
  /** An old entry is held, since no new one is usable. */
  readonly isHeld: boolean;
}

/** What stands in register and test access, person by person. */
export function settledState(hub: HubInMemory): readonly Settled[] {
  return settledPersons(standingPersons(hub));
}

export function standingPersons(hub: HubInMemory): readonly StandingPerson[] {
  const standing = [...hub.register.persons.values()].filter(({ isEnded }) => !isEnded);
  return standing.map(({ id, state, claims }) => ({
    state: state!,
    claims,
    access: hub.access.stateOf(id),
  }));
}

export function settledPersons(standing: readonly StandingPerson[]): readonly Settled[] {
  const persons = standing.map(({ state, claims, access }) => ({
    register: JSON.stringify([
      claims.filter(({ kind }) => kind === 'register').map(({ source, localId, deleted }) => `${source} ${localId} ${deleted}`).sort(),
      state.securityMarking,
      state.standing,
      state.eppns.map(({ huvudman, value }) => `${huvudman} ${value}`).sort(),
      textsOf(state.enrolments),
      textsOf(state.tests),
    ]), // prettier-ignore
    ...settledAccess(access, state.enrolments),
  }));
  return persons.sort((one, other) => (one.register < other.register ? -1 : 1));
}

/**
 * Whether two orders of the same facts have come to the same. One difference is in the nature of rule 2: where an enrolment was
 * cancelled, dropped before it began, or ended at a huvudman that does not bridge, before its successor is usable, its entry is held
 * if it was ever usable, which hangs on when it was told (`mayHold`). The other in that of an EPPN: one that is taken away without
 * another in its place serves on only where it had served before, so that only the registers are compared (`isAccessOpen`).
 */
export function isSameState(
  one: readonly Settled[],
  other: readonly Settled[],
  leaves: { readonly mayHold: boolean; readonly isAccessOpen: boolean },
): boolean {
  const { mayHold, isAccessOpen } = leaves;
  return (
    one.length === other.length &&
    one.every(({ register, access, isHeld }, index) => {
      const same = other[index]!;
      if (register !== same.register) return false;
      return isAccessOpen || access === same.access || (mayHold && (isHeld || same.isHeld));
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

/** Held as such, or bridged at another place than the one that was left last. */
function isHeld(
  { held, schoolUnit }: AccessState['entries'][number],
  enrolments: readonly Enrolment[],
): boolean {
  if (held !== 'bridged') return held === 'make-before-break';
  const real = enrolments.filter(({ cancelled }) => !cancelled);
  const lastEnd = real.reduce((last, { endDate = '' }) => (endDate > last ? endDate : last), '');
  return !real.some((one) => one.schoolUnit === schoolUnit && one.endDate === lastEnd);
}

function textsOf(things: readonly (object & Pick<Enrolment, 'carriedFrom'>)[]): string[] {
  const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
  return things
    .map((thing) => ({ ...thing, ...UNTOLD, carriedFrom: thing.carriedFrom?.huvudman }))
    .map((thing) => JSON.stringify(Object.entries(thing).sort(byName)))
    .sort();
}

/** The same facts may give other ids, and may have given what stands at another time. */
const UNTOLD = { id: undefined, since: undefined, because: undefined };
