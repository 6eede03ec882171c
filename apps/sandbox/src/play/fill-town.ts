import { TEST_STATES } from '#canonical';
import { Random } from '../invent/random.js';
import { recordOf } from '../invent/town.js';
import { sayAccount } from '../systems/canvas.js';
import type { Saying } from '../systems/source-event.js';
import { sayActivity, sayDuty, sayGroup, sayPupil, sayStaffMember } from '../systems/student-register.js'; // prettier-ignore
import { sayTest } from '../systems/test-platform.js';
import { sayUnit } from '../systems/unit-register.js';
import type { SchoolSystems } from './school-systems.js';

export type FillProgress = (sentence: string) => void;

const POLL_MS = 100;
/** Settings are in force within moments of their writing; a unit told before its huvudman would concern nobody. */
const SETTINGS_PAUSE_MS = 700;
/** What is referred to comes first; should the hub be slow, the rest is pushed all the same and waits inside it. */
const WAIT_LIMIT_MS = 30_000;
const BEGUN_SHARE = 0.25;

/**
 * Pushes a whole town in the order in which its parts refer to each other: units, people, duties and classes, activities, accounts,
 * tests. Safe to repeat: the same town is said with the same event ids and times.
 */
export async function fillTown(systems: SchoolSystems, progress: FillProgress): Promise<void> {
  const { town } = systems;
  progress('Writing settings: huvudmän, sources, calendar …');
  await systems.writeSettings();
  await pause(SETTINGS_PAUSE_MS);
  const readers = new Arrivals(systems);
  const at = new Date(`${town.day}T04:30:00Z`);

  progress(`Telling of ${town.units.length} school units …`);
  await systems.push(town.units.map((unit) => sayUnit(town, unit, at)));
  await readers.await('organisation.registered', town.units.length);

  const parts = (huvudman: string) => ({
    huvudman: systems.huvudman(huvudman),
    units: town.units,
    at,
  });
  const { pupils, staff, classes } = town;
  progress(`Telling of ${pupils.length} pupils and ${staff.length} staff …`);
  await systems.push([
    ...pupils.flatMap((pupil) =>
      pupil.records.map((record) => sayPupil(pupil, record, parts(record.huvudman))),
    ),
    ...staff.map((member) => sayStaffMember(member, parts(member.huvudman))),
  ]);
  await readers.await('person.registered', pupils.length + staff.length);

  progress(`Telling of duties, ${classes.length} classes and accounts …`);
  await systems.push([
    ...staff.map((member) => sayDuty(member, parts(member.huvudman))),
    ...classes.map((group) => sayGroup(group, parts(group.huvudman))),
    ...accounts(systems, at),
  ]);
  await readers.await('duty.started', staff.length);
  await readers.await('group.started', classes.length);

  progress('Telling of activities and tests …');
  await systems.push([
    ...classes.map((group) => sayActivity(group, parts(group.huvudman))),
    ...beginTests(systems, at),
  ]);
  await readers.await('activity.started', classes.length);
}

function accounts({ town }: SchoolSystems, at: Date): Saying[] {
  return town.pupils.flatMap(({ records }) =>
    records.flatMap((record) => {
      const owner = town.huvudmen.find(({ id }) => id === record.huvudman)!;
      return owner.hasCanvas ? [sayAccount('user_created', record, { huvudman: owner, at })] : [];
    }),
  );
}

/** Of the pupils who write a test just now, some have begun it. */
function beginTests({ town }: SchoolSystems, at: Date): Saying[] {
  const random = new Random('begun', town.seed);
  const open = town.calendar.tests.filter(({ windowStart }) => windowStart <= town.day);
  return town.pupils.flatMap((pupil, index) => {
    const record = recordOf(pupil);
    const [enrolment] = record.enrolments;
    const unit = town.units.find(({ code }) => code === enrolment?.unit);
    const test = open.find(
      ({ schoolType, schoolYear }) =>
        schoolType === unit?.schoolType && schoolYear === enrolment?.schoolYear,
    );
    const assignment = random.uuid();
    if (test === undefined || record.eppn === null || !random.chance(BEGUN_SHARE)) return [];
    const { eppn } = record;
    const told = { assignment, activity: test.activity, eppn };
    if (!town.begunTests.some((begun) => begun.assignment === assignment)) {
      town.begunTests.push({ ...told, pupil: index });
    }
    return TEST_STATES.slice(0, 2).map((state, step) =>
      sayTest(state, told, new Date(at.getTime() + step * 60_000)),
    );
  });
}

/** Counts what the feeds tell, so that nothing is pushed before what it refers to has come through. */
class Arrivals {
  private readonly readers;
  private readonly told = new Map<string, Set<string>>();

  constructor(systems: SchoolSystems) {
    this.readers = systems.town.huvudmen.map((huvudman) => systems.reader(huvudman));
  }

  /** @param kind the type without `se.elevnav.`; counted once for each event. */
  async await(kind: string, wanted: number): Promise<void> {
    const ends = performance.now() + WAIT_LIMIT_MS;
    const type = `se.elevnav.${kind}`;
    while ((this.told.get(type)?.size ?? 0) < wanted && performance.now() < ends) {
      const news = await Promise.all(this.readers.map((reader) => reader.news(0)));
      for (const event of news.flat()) this.note(event.type, event.id);
      if (news.every((events) => events.length === 0)) await pause(POLL_MS);
    }
  }

  private note(type: string, id: string): void {
    const ids = this.told.get(type);
    if (ids) ids.add(id);
    else this.told.set(type, new Set([id]));
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
