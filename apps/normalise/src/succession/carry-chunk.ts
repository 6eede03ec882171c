import type { ActivityState, GroupState, HuvudmanSetting } from '#canonical';
import type { UnitOfWork } from '#stage';
import { announceActivity } from '../decide/decide-activity.js';
import { announceGroup } from '../decide/decide-group.js';
import { standingEntity } from '../decide/object-record.js';
import type { Announcement } from '../decide/verdict.js';
import { loadHistory, lockAndFill, saveRegister } from '../register/load-register.js';
import { lockObjects } from '../register/object.store.js';
import type { ObjectRecord } from '../register/records.js';
import type { RegisterKeys } from '../register/register-keys.js';
import { Register } from '../register/register.js';
import { tellAnnouncements } from '../tell-announcements.js';
import { holderOf } from './carry-over.js';
import { carryPerson } from './carry-person.js';
import {
  dutiesOf,
  findOfUnit,
  passSuccession,
  setHorizon,
  takeSuccession,
  type FoundIds,
  type Succession,
} from './succession.store.js';
import { UnitHistory } from './unit-history.js';
import { FIRST_ID } from '../register/hub-ids.js';

/** What one step of spreading did, for the trail; undefined when nothing is left to spread. */
export interface CarriedChunk {
  readonly succession: Succession;
  /** The hub's ids of the persons, groups and activities that were carried over. */
  readonly carried: readonly string[];
  readonly isDone: boolean;
}

interface Around {
  readonly keys: RegisterKeys;
  readonly huvudmen: () => readonly HuvudmanSetting[];
}

/**
 * One step of the oldest succession: the next persons, groups or activities of the unit are decided again, under their locks, from
 * what their sources assert and who has owned the unit. Whoever was decided about meanwhile is right already, and nothing is told of
 * them twice. How far it has come is stored with it, so that a crash repeats no step and leaves none out.
 */
export async function carryChunk(
  unit: UnitOfWork,
  around: Around,
): Promise<CarriedChunk | undefined> {
  const succession = await takeSuccession(unit);
  if (succession === undefined) return undefined;
  if (!succession.hasHorizon) {
    setHorizon(unit, succession.schoolUnit);
    return { succession, carried: [], isDone: false };
  }
  const found = await findOfUnit(unit, succession);
  const register = new Register(around.keys, new UnitHistory(around.huvudmen));
  const announcements =
    succession.phase === 'groups'
      ? await carryGroups(unit, register, { found, schoolUnit: succession.schoolUnit })
      : await carryPersons(unit, register, found.ids);
  // The owner stands in the history even where nothing of the unit was found.
  await loadHistory(unit, register, succession.schoolUnit);
  const huvudman = register.history.holderOf(succession.schoolUnit);
  tell(unit, succession, { huvudman, announcements });
  saveRegister(unit, register);
  const carried = [...new Set(announcements.map(({ subject }) => subject))];
  const next = nextPhase(succession, found);
  passSuccession(unit, succession.schoolUnit, { ...next, carried: carried.length, huvudman });
  return { succession, carried, isDone: next.phase === 'done' };
}

function nextPhase(
  { phase }: Succession,
  { passed, isEnd }: FoundIds,
): Pick<Succession, 'phase' | 'passed'> {
  if (!isEnd) return { phase, passed };
  return { phase: phase === 'groups' ? 'persons' : 'done', passed: FIRST_ID };
}

function tell(
  unit: UnitOfWork,
  { cause, traceparent, toldAt }: Succession,
  what: {
    readonly huvudman: string | undefined;
    readonly announcements: readonly Announcement[];
  },
): void {
  const [source, id] = [cause.slice(0, cause.indexOf(' ')), cause.slice(cause.indexOf(' ') + 1)];
  tellAnnouncements(
    unit,
    { source, id, time: toldAt, ...(traceparent === undefined ? undefined : { traceparent }) },
    {
      announcements: what.announcements,
      ordinals: new Map(),
      occasion: `${cause} carried over to ${what.huvudman ?? 'nobody'}`,
    },
  );
}

async function carryGroups(
  unit: UnitOfWork,
  register: Register,
  { found, schoolUnit }: { readonly found: FoundIds; readonly schoolUnit: string },
): Promise<Announcement[]> {
  for (const object of await lockObjects(unit, new Set(found.ids))) {
    register.objects.set(object.id, object);
  }
  await loadHistory(unit, register, schoolUnit);
  return [...register.objects.values()].flatMap(
    (object) => carryObject(object, register, schoolUnit) ?? [],
  );
}

function carryObject(
  object: ObjectRecord,
  register: Register,
  schoolUnit: string,
): Announcement | undefined {
  const thing = standingEntity<GroupState | ActivityState>(object);
  if (thing?.schoolUnit !== schoolUnit) return undefined;
  if (holderOf(thing, register.history.ownersOf) === thing.huvudman) return undefined;
  const says = { verb: 'changed', register } as const;
  return object.kind === 'group'
    ? announceGroup(object, thing as GroupState, says)
    : announceActivity(object, thing as ActivityState, says);
}

/** Duties are locked before persons, as everywhere. */
async function carryPersons(
  unit: UnitOfWork,
  register: Register,
  ids: readonly string[],
): Promise<Announcement[]> {
  const duties = new Map<string, ObjectRecord[]>();
  for (const object of await lockObjects(unit, new Set(await dutiesOf(unit, ids)))) {
    register.objects.set(object.id, object);
    if (object.person === null) continue;
    const known = duties.get(object.person);
    if (known === undefined) duties.set(object.person, [object]);
    else known.push(object);
  }
  await lockAndFill(unit, register, ids, { claims: { unheld: [], opened: [] } });
  await loadHistory(unit, register);
  // Somebody may have been merged or erased since they were found.
  const persons = [...register.persons.values()].filter(
    ({ isEnded, state }) => !isEnded && state?.standing !== 'erased',
  );
  return persons.flatMap((person) => carryPerson(person, duties.get(person.id) ?? [], register));
}
