import type { ActivityState, GroupState, HuvudmanSetting } from '#canonical';
import { REPLAY_CHUNK, type Replay, type ReplayedChunk, type UnitOfWork } from '#stage';
import { announceActivity } from '../decide/decide-activity.js';
import { announceGroup } from '../decide/decide-group.js';
import { announceUnit } from '../decide/decide-school-unit.js';
import { standingEntity } from '../decide/object-record.js';
import { announcePerson, type Announcement } from '../decide/verdict.js';
import { loadHistory, lockAndFill, saveRegister } from '../register/load-register.js';
import { Needs } from '../register/needs.js';
import { lockObjects, readAllDuties } from '../register/object.store.js';
import type { ObjectRecord, PersonRecord } from '../register/records.js';
import type { RegisterKeys } from '../register/register-keys.js';
import { Register } from '../register/register.js';
import { lockSchoolUnits } from '../register/school-unit.store.js';
import { carryPerson } from '../succession/carry-person.js';
import { UnitHistory } from '../succession/unit-history.js';
import { tellAnnouncements } from '../tell-announcements.js';
import { nextKeys, type Phase } from './replay.store.js';

interface Around {
  readonly keys: RegisterKeys;
  readonly huvudmen: () => readonly HuvudmanSetting[];
}

/**
 * The next school units, persons, or groups and activities tell their present state once more, under their locks and with the next
 * number of their sequence: for a reader that has it already it changes nothing, for one that is new or rebuilt it is all it needs
 * (decision 17). Each person is decided again first, so that what an earlier version of the hub left as it was is mended, and told: staff whose
 * record was dropped have its duties no longer, and a death that registers contradict each other about is held, as a finding.
 */
export async function replayChunk(
  unit: UnitOfWork,
  replay: Replay<Phase>,
  around: Around,
): Promise<ReplayedChunk> {
  const keys = await nextKeys(unit, replay, REPLAY_CHUNK);
  const register = new Register(around.keys, new UnitHistory(around.huvudmen));
  const announcements = keys.length === 0 ? [] : await PARTS[replay.phase]({ unit, register, keys, around }); // prettier-ignore
  tell(unit, replay, announcements);
  saveRegister(unit, register);
  return { keys, replayed: new Set(announcements.map(({ subject }) => subject)).size };
}

interface Part {
  readonly unit: UnitOfWork;
  readonly register: Register;
  readonly keys: readonly string[];
  readonly around: Around;
}

const PARTS: Readonly<Record<Phase, (part: Part) => Promise<Announcement[]>>> = {
  units: announceUnits,
  persons: announcePersons,
  things: announceThings,
};

async function announceUnits({ unit, register, keys, around }: Part): Promise<Announcement[]> {
  const needs = new Needs();
  for (const code of keys) needs.schoolUnits.add(code);
  const owners = new Map(around.huvudmen().map((one) => [one.organisationNumber, one.id]));
  const announcements: Announcement[] = [];
  for (const record of await lockSchoolUnits(unit, needs)) {
    register.schoolUnits.set(record.code, record);
    const owner = owners.get(record.organisationNumber);
    const verb = record.status === 'UPPHORT' ? 'closed' : 'changed';
    if (owner !== undefined) announcements.push(announceUnit(record, owner, verb));
  }
  return announcements;
}

async function announcePersons({ unit, register, keys }: Part): Promise<Announcement[]> {
  await lockAndFill(unit, register, keys, { claims: { unheld: [], opened: [] } });
  // Read under the persons' locks, without which nobody changes them.
  const duties = Map.groupBy(await readAllDuties(unit, keys), ({ person }) => person);
  for (const object of [...duties.values()].flat()) register.objects.set(object.id, object);
  await loadHistory(unit, register);
  // Somebody may have been merged since they were found.
  const persons = [...register.persons.values()].filter(({ isEnded }) => !isEnded);
  return persons.flatMap((person) => announceAnew(person, duties.get(person.id) ?? [], register));
}

/** What differs from what was told last comes first: a huvudman is told of the end of what it was last told of. */
function announceAnew(
  person: PersonRecord,
  duties: readonly ObjectRecord[],
  register: Register,
): Announcement[] {
  const change = { fields: [] };
  if (person.state?.standing === 'erased') {
    return announcePerson(person, [{ type: 'se.elevnav.person.erased', change }]);
  }
  const differences = carryPerson(person, duties, register);
  return [
    ...differences,
    ...announcePerson(person, [{ type: 'se.elevnav.person.updated', change }]),
  ];
}

async function announceThings({ unit, register, keys }: Part): Promise<Announcement[]> {
  for (const object of await lockObjects(unit, new Set(keys))) {
    register.objects.set(object.id, object);
  }
  await loadHistory(unit, register);
  return [...register.objects.values()].flatMap((object) => {
    const thing = standingEntity<GroupState | ActivityState>(object);
    if (thing === null) return [];
    const says = { verb: 'changed', register } as const;
    return object.kind === 'group'
      ? announceGroup(object, thing as GroupState, says)
      : announceActivity(object, thing as ActivityState, says);
  });
}

function tell(
  unit: UnitOfWork,
  { cause, askedAt }: Replay<Phase>,
  announcements: readonly Announcement[],
): void {
  const [source, id] = [cause.slice(0, cause.indexOf(' ')), cause.slice(cause.indexOf(' ') + 1)];
  const because = { source, id, time: askedAt.toISOString() };
  tellAnnouncements(unit, because, {
    announcements,
    ordinals: new Map(),
    occasion: `${cause} replayed`,
  });
}
