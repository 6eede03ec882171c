import type { ActivityState, GroupState, HuvudmanSetting } from '#canonical';
import type { UnitOfWork } from '#stage';
import { announceActivity } from '../decide/decide-activity.js';
import { announceGroup } from '../decide/decide-group.js';
import { announceUnit } from '../decide/decide-school-unit.js';
import { standingEntity } from '../decide/object-record.js';
import { announcePerson, type Announcement } from '../decide/verdict.js';
import { loadHistory, lockAndFill, saveRegister } from '../register/load-register.js';
import { Needs } from '../register/needs.js';
import { lockObjects } from '../register/object.store.js';
import type { RegisterKeys } from '../register/register-keys.js';
import { Register } from '../register/register.js';
import { lockSchoolUnits } from '../register/school-unit.store.js';
import { UnitHistory } from '../succession/unit-history.js';
import { tellAnnouncements } from '../tell-announcements.js';
import {
  nextKeys,
  passReplay,
  PHASES,
  takeReplay,
  type Replay,
  type Phase,
} from './replay.store.js';

/** So many persons, units or things are locked and replayed in one transaction. */
export const CHUNK = 500;

interface Around {
  readonly keys: RegisterKeys;
  readonly huvudmen: () => readonly HuvudmanSetting[];
}

/** What one step replayed; undefined when nothing is under way, or another process has it in hand. */
export interface ReplayedChunk {
  readonly cause: string;
  readonly replayed: number;
  readonly isDone: boolean;
}

/**
 * The next school units, persons, or groups and activities tell their present state once more, under their locks and with the next
 * number of their sequence: for a reader that has it already it changes nothing, for one that is new or rebuilt it is all it needs
 * (decision 17). How far it has come is stored with it.
 */
export async function replayChunk(
  unit: UnitOfWork,
  around: Around,
): Promise<ReplayedChunk | undefined> {
  const replay = await takeReplay(unit);
  if (replay === undefined || replay.phase === 'done') return undefined;
  const { cause, phase, passed } = replay;
  const keys = await nextKeys(unit, { phase, passed }, CHUNK);
  const register = new Register(around.keys, new UnitHistory(around.huvudmen));
  const announcements = keys.length === 0 ? [] : await PARTS[phase]({ unit, register, keys, around }); // prettier-ignore
  tell(unit, replay, announcements);
  saveRegister(unit, register);
  const isLast = keys.length < CHUNK;
  const next = isLast ? PHASES[PHASES.indexOf(phase) + 1]! : phase;
  const reached = isLast ? '' : keys.at(-1)!;
  passReplay(unit, { phase: next, passed: reached, replayed: announcements.length });
  return { cause, replayed: announcements.length, isDone: next === 'done' };
}

interface Part {
  readonly unit: UnitOfWork;
  readonly register: Register;
  readonly keys: readonly string[];
  readonly around: Around;
}

const PARTS: Readonly<Record<Exclude<Phase, 'done'>, (part: Part) => Promise<Announcement[]>>> = {
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
  await lockAndFill(unit, register, keys, { claims: undefined });
  // Somebody may have been merged since they were found.
  const persons = [...register.persons.values()].filter(({ isEnded }) => !isEnded);
  return persons.flatMap((person) => {
    const isErased = person.state?.standing === 'erased';
    const type = isErased ? 'se.elevnav.person.erased' : 'se.elevnav.person.updated';
    return announcePerson(person, [{ type, change: { fields: [] } }]);
  });
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
  { cause, askedAt }: Replay,
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
