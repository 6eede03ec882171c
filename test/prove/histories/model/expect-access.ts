import { policyOf, schoolYear, WINDOWS } from './calendar.js';
import { homeAmong } from './home.js';
import type { KnownPerson } from './known-persons.js';
import { bridgeEnd, isActive, isCompleted, partOn, staysOf, type Stay } from './stays.js';

/** What the facts call for on one day. A place is `huvudman/unit/school` or `…/adult`. */
export interface ExpectedAccess {
  /** Rules 1 to 3 entitle the person: a usable entry that they had must not be gone. */
  readonly isEntitled: boolean;
  /** Where an entry must be usable. */
  readonly must: ReadonlySet<string>;
  /** Where one may be usable; undefined where an older entry is held until a new one is usable (rule 2). */
  readonly may: ReadonlySet<string> | undefined;
  /** Where the home must be; undefined where the facts leave it open. */
  readonly home: string | undefined;
  /** `state huvudman` of what must be said. */
  readonly standings: ReadonlySet<string>;
  /** `activity state` at `home`, as far as they are certain. */
  readonly tests: readonly { readonly activity: string; readonly state: string }[] | undefined;
}

const NOTHING: ExpectedAccess = {
  isEntitled: false,
  must: new Set(),
  may: new Set(),
  home: undefined,
  standings: new Set(),
  tests: undefined,
};

/** Rules 1 to 4 and 8 of design §6, for one person and one day, from nothing but what is known of the person. */
export function expectAccess(person: KnownPerson, day: number): ExpectedAccess {
  const stays = staysOf(person, day);
  const begun = stays.filter(({ start }) => start <= day);
  if (begun.length === 0) return NOTHING;
  if (person.marking > 0)
    return expectSeparate(
      person,
      begun.filter((stay) => isActive(stay, day)),
    );
  const active = begun.filter((stay) => isActive(stay, day));
  const schools = active.filter(({ isAdult }) => !isAdult);
  const adults = active.filter(({ isAdult }) => isAdult);
  if (schools.length > 0) return expectEnrolled(person, day, { begun, schools, adults });
  return expectLeft(person, day, { begun, adults });
}

/** An EPPN that is stated now makes an entry usable; one that was stated once may still. A former owner’s serves on at its unit. */
function certainty({ eppns }: KnownPerson, { huvudman, formerly }: Stay): 'now' | 'once' | 'never' {
  const known = [huvudman, ...formerly].flatMap((one) => eppns.get(one) ?? []);
  if (known.some(({ now }) => now.length > 0)) return 'now';
  return known.some(({ ever }) => ever.size > 0) ? 'once' : 'never';
}

/** Rule 8: each stay by itself, to its own last day. */
function expectSeparate(person: KnownPerson, active: readonly Stay[]): ExpectedAccess {
  const must = active.filter((stay) => certainty(person, stay) === 'now');
  return {
    ...NOTHING,
    must: placesOf(must),
    may: placesOf(active),
  };
}

interface Begun {
  readonly begun: readonly Stay[];
  readonly schools: readonly Stay[];
  readonly adults: readonly Stay[];
}

function expectEnrolled(
  person: KnownPerson,
  day: number,
  { begun, schools, adults }: Begun,
): ExpectedAccess {
  const usable = schools.filter((stay) => certainty(person, stay) === 'now');
  const isOpen =
    schools.some((stay) => certainty(person, stay) === 'once') ||
    (usable.length > 1 && isHomeOfTestsOpen(begun, person));
  const must = adults.filter((stay) => certainty(person, stay) === 'now');
  const standings = new Set<string>();
  if (schools.length === 1 && certainty(person, schools[0]!) === 'never') {
    standings.add(`awaiting ${schools[0]!.huvudman}`);
  }
  if (usable.length === 0 || isOpen) {
    if (!isOpen) must.push(...stillServing(person, day, begun));
    return { ...NOTHING, isEntitled: true, must: placesOf(must), may: undefined, standings };
  }
  const { stay: home, contested } = homeAmong(usable, day, {
    tests: person.tests,
    onDay: (on) => couldBeHome(begun, on, person),
  });
  const isTied = usable.some((stay) => stay !== home && stay.start === home.start);
  if (isTied) {
    return { ...NOTHING, isEntitled: true, must: placesOf(must), may: placesOf([...schools, ...adults]), standings }; // prettier-ignore
  }
  for (const stay of contested.keys()) standings.add(`contested ${stay.huvudman}`);
  const entries = [home, ...contested.keys(), ...must];
  return {
    isEntitled: true,
    must: placesOf(entries),
    may: placesOf([...entries, ...adults]),
    home: home.place,
    standings,
    tests: testsAt(home, person, day),
  };
}

function couldBeHome(begun: readonly Stay[], day: number, person: KnownPerson): readonly Stay[] {
  const there = begun.filter((stay) => !stay.isAdult && isActive(stay, day));
  const usable = there.filter((stay) => certainty(person, stay) === 'now');
  return usable.length > 0 ? usable : there;
}

/** Where a test was begun cannot be said if nobody knows which school of that day let the pupil in. */
function isHomeOfTestsOpen(begun: readonly Stay[], person: KnownPerson): boolean {
  const days = person.tests.filter(({ state }) => state === 'begun').map((test) => test.day);
  const doubtful = begun.filter((stay) => !stay.isAdult && certainty(person, stay) === 'once');
  return days.some((day) => doubtful.some((stay) => isActive(stay, day)));
}

/** Rules 2 and 3: no school of today lets the pupil in yet, and the last one does for as long as its bridge lasts, whenever its EPPN came. */
function stillServing(person: KnownPerson, day: number, begun: readonly Stay[]): Stay[] {
  const [left, ...others] = bridgedAfter(begun, person, day);
  const isCertain = left !== undefined && others.length === 0 && certainty(person, left) === 'now';
  return isCertain && policyOf(left.huvudman).bridges ? [left] : [];
}

/** The stays that ended last, if they may be bridged today by their days; several when nobody can say which was the last. */
function bridgedAfter(begun: readonly Stay[], person: KnownPerson, day: number): readonly Stay[] {
  const left = lastLeft(begun, day);
  if (left === undefined || isCompleted(left, day) || bridgeEnd(left, day, person.tests) < day) {
    return [];
  }
  return begun.filter((one) => !one.isAdult && one.end === left.end && one.start === left.start);
}

/** Rule 3: no school has the pupil today. */
function expectLeft(
  person: KnownPerson,
  day: number,
  { begun, adults }: Omit<Begun, 'schools'>,
): ExpectedAccess {
  const certain = adults.filter((stay) => certainty(person, stay) === 'now');
  const must = placesOf(certain);
  const isEnrolled = adults.length > 0;
  const may = isEnrolled && certain.length < adults.length ? undefined : placesOf(adults);
  const tied = bridgedAfter(begun, person, day);
  const [left] = tied;
  if (left === undefined) return { ...NOTHING, isEntitled: isEnrolled, must, may };
  if (tied.length > 1) {
    const isEntitled = isEnrolled || tied.every(({ huvudman }) => policyOf(huvudman).bridges);
    return { ...NOTHING, isEntitled, must, may: undefined };
  }
  if (!policyOf(left.huvudman).bridges) {
    // While an entry is held for another reason, nobody is without one.
    const standings = new Set(may === undefined ? [] : [`gap ${left.huvudman}`]);
    return { ...NOTHING, isEntitled: isEnrolled, must, may, standings };
  }
  if (certainty(person, left) !== 'now') {
    return { ...NOTHING, isEntitled: true, must, may: undefined };
  }
  return {
    isEntitled: true,
    must: new Set([...must, left.place]),
    may: may && new Set([...may, left.place]),
    home: left.place,
    standings: new Set([`bridged ${left.huvudman}`]),
    tests: undefined,
  };
}

function lastLeft(begun: readonly Stay[], day: number): Stay | undefined {
  const left = begun.filter(({ isAdult, end }) => !isAdult && end < day);
  return left.sort((one, other) => other.end - one.end || other.start - one.start)[0];
}

function placesOf(stays: readonly Stay[]): Set<string> {
  return new Set(stays.map(({ place }) => place));
}

/** Rule 4: the tests of the year, at home, in the state that the platform has reported, wherever they were begun. */
function testsAt(home: Stay, person: KnownPerson, day: number): ExpectedAccess['tests'] {
  const part = partOn(home, day);
  const year = schoolYear(day);
  const first = Math.min(...staysOf(person, day).map(({ start }) => start));
  return WINDOWS.filter(
    (one) =>
      one.schoolType === part.schoolType &&
      (one.schoolYear === undefined || one.schoolYear === part.schoolYear) &&
      schoolYear(one.from) === year &&
      one.to >= first,
  ).map(({ activity }) => {
    const reported = person.tests.find(
      (test) => test.activity === activity && schoolYear(test.day) === year,
    );
    return { activity, state: reported?.state ?? 'assigned' };
  });
}
