import type { AccessState } from '#canonical';
import { checkLeaks } from './check-leaks.js';
import { checkStaff } from './check-staff.js';
import { checkTold } from './check-told.js';
import type { Fault, FaultKind } from './findings.js';
import { dayText } from './history.js';
import type { HubInMemory } from './hub-in-memory.js';
import { People } from './people.js';
import { expectAccess, type ExpectedAccess } from './model/expect-access.js';
import { OPEN } from './model/known-enrolment.js';
import { MARKINGS, type Known, type KnownPerson } from './model/known-persons.js';
import { staysOf } from './model/stays.js';
import { isTravelling } from './world.js';

type Entry = AccessState['entries'][number];

/** What stood before the step, by the hub's id of each person: all that is looked back to. */
export interface Before {
  readonly entries: readonly Entry[];
  readonly usable: ReadonlySet<string>;
  /** `activity year` → id of the test. */
  readonly tests: ReadonlyMap<string, string>;
}

/** Compares the hub with the model after every step, and gathers what is wrong. */
export class StepChecker {
  readonly faults: Fault[] = [];
  private before = new Map<string, Before>();
  private readonly looked = new WeakMap<object, string>();
  private about: KnownPerson | undefined;
  private readonly newest = new Map<string, number>();
  private readonly people: People;

  constructor(private readonly hub: HubInMemory) {
    this.people = new People(hub.register);
  }

  check({ persons, owners }: Known, day: number, isTimeAlone = false): void {
    this.checkVersions();
    const after = new Map<string, Before>();
    const seen = new Set<string>();
    for (const person of persons) {
      this.about = person;
      const id = this.personOf(person);
      if (id === undefined || seen.has(id)) {
        this.fault('divergent', 'the records of one person are not one person in the register');
        continue;
      }
      seen.add(id);
      this.checkRegister(person, id);
      const access = this.hub.access.stateOf(id);
      if (access === undefined) continue;
      const expected = expectAccess(person, day);
      const before = this.beforeOf(id, person);
      const isRegrouped = this.hub.regrouped.has(id);
      this.checkAccess({ access, expected, before, person, day, isRegrouped });
      const staffBefore = isTimeAlone ? before?.entries : undefined;
      for (const fault of checkStaff(access, person, day, staffBefore)) {
        this.fault(fault.kind, fault.says);
      }
      // Entries pass from one to the other without a word when persons are merged or separated.
      const told = this.hub.decided.filter((one) => one.person === id);
      for (const fault of isRegrouped ? [] : checkTold(told, before?.entries ?? [], access)) {
        this.fault(fault.kind, fault.says);
      }
      after.set(id, asBefore(access, person.marking > 0));
    }
    this.about = undefined;
    const standing = [...this.hub.register.persons.values()].filter(({ isEnded }) => !isEnded);
    if (seen.size !== standing.length) {
      this.fault('divergent', 'the register has more persons than the facts tell of');
    }
    const idOf = (person: KnownPerson): string | undefined => this.personOf(person);
    for (const says of checkLeaks(this.hub, persons, { idOf, owners })) {
      this.fault('leaks', says);
    }
    this.people.note(persons.flatMap(({ records }) => records));
    this.hub.told = [];
    this.hub.decided = [];
    this.hub.regrouped.clear();
    this.before = after;
  }

  /** Notes what stands, without looking whether it is right. */
  passOver({ persons }: Known): void {
    this.checkVersions();
    this.people.note(persons.flatMap(({ records }) => records));
    this.before = new Map();
    for (const person of persons) {
      const id = this.personOf(person);
      const access = id && this.hub.access.stateOf(id);
      if (access) this.before.set(id, asBefore(access, person.marking > 0));
    }
    this.hub.told = [];
    this.hub.decided = [];
    this.hub.regrouped.clear();
  }

  /** What stood of a person, and of those who turned out to be the same one, without those who turned out to be another. */
  private beforeOf(id: string, person: KnownPerson): Before | undefined {
    const { formerIds = [], splitFrom } = this.hub.register.persons.get(id)!.state!;
    const ids = this.before.has(id) || !splitFrom ? [id, ...formerIds] : [splitFrom.id];
    const all = ids.flatMap((one) => this.before.get(one) ?? []);
    if (all.length === 0) return undefined;
    const entries = all.flatMap((one) => one.entries);
    const places = all.flatMap(({ usable }) => [...usable]);
    return {
      entries,
      usable: new Set(places.filter((place) => couldLogIn(person, place))),
      tests: this.before.get(id)?.tests ?? new Map<string, string>(),
    };
  }

  private fault(kind: FaultKind, says: string): void {
    const whom = this.about === undefined ? '' : `${this.about.records.join(' and ')}: `;
    this.faults.push({ kind, says: whom + says });
  }

  private personOf({ records }: KnownPerson): string | undefined {
    const ids = new Set(records.map((key) => this.people.idOf(key)));
    return ids.size === 1 ? [...ids][0] : undefined;
  }

  private checkVersions(): void {
    for (const { of, number } of this.hub.sequences) {
      if (number <= (this.newest.get(of) ?? 0)) {
        this.fault('resurrections', `version ${number} of ${of} is not newer than the last one`);
      }
      this.newest.set(of, number);
    }
    this.hub.sequences.length = 0;
  }

  private checkRegister(person: KnownPerson, id: string): void {
    const state = this.hub.register.persons.get(id)!.state!;
    const wanted = wantedState(person);
    const known = this.looked.get(state);
    const text = JSON.stringify(wanted);
    if (known === text) return; // neither has changed since they were compared
    this.looked.set(state, text);
    const found = {
      marking: state.securityMarking,
      enrolments: state.enrolments.map((one) => `${one.huvudman} ${one.schoolUnit} ${one.schoolType} ${one.schoolYear ?? ''} ${one.startDate} ${one.endDate ?? ''} ${one.cancelled}`).sort(), // prettier-ignore
      eppns: state.eppns.map(({ huvudman, value }) => `${huvudman} ${value}`).sort(),
      tests: state.tests.map(({ activity, state: said }) => `${activity} ${said}`).sort(),
    };
    if (found.marking !== wanted.marking) {
      this.fault('divergent', `marked ${found.marking}, by the facts ${wanted.marking}`);
    }
    for (const part of ['enrolments', 'eppns', 'tests'] as const) {
      const says = compareLists(found[part], wanted[part]);
      if (says === undefined) continue;
      const kind = says.isMore ? 'resurrections' : 'divergent';
      this.fault(kind, `${part} of the register: ${says.text}`);
    }
  }

  private checkAccess(of: Compared): void {
    const { access, expected, before } = of;
    const entries = access.entries.filter(({ role }) => role === 'pupil');
    const usable = entries.filter(({ eppn }) => eppn !== null);
    const on = `on ${dayText(of.day)}`;
    if (expected.isEntitled && usable.length === 0 && (before?.usable.size ?? 0) > 0) {
      this.fault('gaps', `no usable access ${on}, although the facts give a right to it`);
    }
    const homes = entries.filter(({ home }) => home);
    if (homes.length > 1) this.fault('doubleHomes', `${homes.length} homes ${on}`);
    const places = new Set(usable.map(placeOf));
    for (const place of expected.must) {
      if (!places.has(place)) this.fault('divergent', `no usable entry at ${place} ${on}`);
    }
    for (const place of places) {
      const isHeld = expected.may === undefined;
      if (isHeld || expected.may.has(place)) continue;
      this.fault('resurrections', `an entry at ${place} ${on} that no fact gives a right to`);
    }
    const home = homes.find(({ eppn }) => eppn !== null);
    if (expected.home !== undefined && (home === undefined || placeOf(home) !== expected.home)) {
      const where = home === undefined ? 'nowhere' : `at ${placeOf(home)}`;
      this.fault('doubleHomes', `the home is ${where} ${on}, by the facts at ${expected.home}`);
    }
    for (const entry of usable) this.checkEppn(entry, of);
    this.checkStandings(of, on);
    this.checkTests(of, on);
  }

  /** At a unit that has had another owner, that owner’s EPPN serves until the present one has given its own, whatever that says of the past. */
  private checkEppn(entry: Entry, { person, day, before }: Compared): void {
    const { huvudman, schoolUnit, eppn } = entry;
    const of = (huvudmen: readonly string[]) => huvudmen.flatMap((one) => person.eppns.get(one) ?? []); // prettier-ignore
    const stay = staysOf(person, day).findLast(({ unit, start }) => unit === schoolUnit && start <= day); // prettier-ignore
    const given = of([huvudman, ...(stay?.formerly ?? [])]).find(({ now }) => now.length > 0);
    const ever = of([huvudman, ...huvudmenAt(person, schoolUnit)]);
    const isKept = isTravelling(schoolUnit) && before?.entries.some((one) => one.eppn === eppn && placeOf(one) === placeOf(entry)); // prettier-ignore
    if (!isKept && !ever.some((one) => one.ever.has(eppn!))) {
      this.fault('leaks', `an entry at ${huvudman} bears an EPPN that it never gave`);
    } else if (given !== undefined && !given.now.includes(eppn!)) {
      this.fault('resurrections', `an entry at ${huvudman} bears an EPPN that was replaced`);
    }
  }

  private checkStandings({ access, expected }: Compared, on: string): void {
    const said = new Set(access.standings.map(({ state, huvudman }) => `${state} ${huvudman}`));
    for (const wanted of expected.standings) {
      if (!said.has(wanted)) this.fault('divergent', `nobody is told “${wanted}” ${on}`);
    }
  }

  private checkTests(
    { access, expected, before, person, isRegrouped }: Compared,
    on: string,
  ): void {
    // prettier-ignore
    for (const { activity, state } of expected.tests ?? []) {
      const test = access.tests.find((one) => one.activity === activity);
      const place = test && `${test.huvudman}/${test.schoolUnit}/`;
      if (test === undefined) this.fault('divergent', `a test is not assigned ${on}`);
      else if (!expected.home!.startsWith(place!)) this.fault('divergent', `a test is at ${place} ${on}, not at home`); // prettier-ignore
      else if (test.state !== state) this.fault('divergent', `a test is ${test.state} ${on}, by the facts ${state}`); // prettier-ignore
    }
    // A test that goes along with a separated person keeps its id; the one who is left gets another.
    if (person.marking > 0 || isRegrouped) return;
    for (const test of access.tests) {
      const known = before?.tests.get(testKey(test));
      if (known !== undefined && known !== test.id) {
        this.fault('divergent', `a test became another test ${on}`);
      }
    }
  }
}

interface Compared {
  readonly access: AccessState;
  readonly expected: ExpectedAccess;
  readonly before: Before | undefined;
  readonly person: KnownPerson;
  readonly day: number;
  /** Whether the step merged or separated the person. */
  readonly isRegrouped: boolean;
}

/** Whether a usable entry at a place can have been this person’s, and not only that of somebody who was one with them. */
function couldLogIn(person: KnownPerson, place: string): boolean {
  const [huvudman, unit] = place.split('/') as [string, string];
  const huvudmen = [huvudman, ...huvudmenAt(person, unit)];
  return huvudmen.some((one) => (person.eppns.get(one)?.ever.size ?? 0) > 0);
}

/** Those who have had the unit, or spoken of the person there. */
function huvudmenAt({ enrolments }: KnownPerson, unit: string): readonly string[] {
  const here = enrolments.filter((one) => one.unit === unit);
  return here.flatMap(({ huvudman, saidBy }) => [huvudman, saidBy]);
}

function placeOf({ huvudman, schoolUnit, schoolType }: Entry): string {
  return `${huvudman}/${schoolUnit}/${schoolType === 'VUXGY' ? 'adult' : 'school'}`;
}

function testKey({ activity, windowStart }: AccessState['tests'][number]): string {
  return `${activity} ${windowStart.slice(0, 4)}`;
}

/** A protected person's tests are one at each huvudman: which of them goes on is not to be said. */
function asBefore({ entries, tests }: AccessState, isProtected: boolean): Before {
  const usable = entries.filter(({ role, eppn }) => role === 'pupil' && eppn !== null);
  return {
    entries,
    usable: new Set(usable.map(placeOf)),
    tests: new Map(isProtected ? [] : tests.map((one) => [testKey(one), one.id])),
  };
}

function wantedState({ marking, enrolments, eppns, tests }: KnownPerson) {
  return {
    marking: MARKINGS[marking]!,
    enrolments: enrolments.map((one) => `${one.huvudman} ${one.unit} ${one.schoolType} ${one.schoolYear ?? ''} ${dayText(one.start)} ${one.end === OPEN ? '' : dayText(one.end)} ${one.cancelled}`).sort(), // prettier-ignore
    eppns: [...eppns].flatMap(([huvudman, { now }]) => [...new Set(now)].map((eppn) => `${huvudman} ${eppn}`)).sort(), // prettier-ignore
    tests: tests.map(({ activity, state }) => `${activity} ${state}`).sort(),
  };
}

/** Both sorted. */
function compareLists(
  found: readonly string[],
  wanted: readonly string[],
): { readonly isMore: boolean; readonly text: string } | undefined {
  if (found.length === wanted.length && found.every((one, index) => one === wanted[index])) return undefined; // prettier-ignore
  const more = found.filter((one) => !wanted.includes(one));
  const less = wanted.filter((one) => !found.includes(one));
  const text = [...more.map((one) => `has “${one}”`), ...less.map((one) => `lacks “${one}”`)];
  return { isMore: less.length === 0, text: text.join(', ') };
}
