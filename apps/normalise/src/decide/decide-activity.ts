import type { ActivityAsserted, ActivityRemoved } from '#adapters';
import { SCHEMAS, type ActivityState } from '#canonical';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { objectId as hubIdOf, objectReference } from '../register/hub-ids.js';
import type { ObjectRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { holderOf } from '../succession/carry-over.js';
import { findUnit, type Deciding, type Found } from './deciding.js';
import { noteUnchanged, putObject, standingEntity } from './object-record.js';
import { missingReference } from './park-reasons.js';
import { spanVerb } from './span-verb.js';
import { announceThing, announced, filtered, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/** A source says all of an activity. One whose group or duty is not known yet waits for it. */
export function decideActivity(item: SourceFact<ActivityAsserted>, deciding: Deciding): Verdict {
  const { fact, source, huvudman, objectId } = item;
  const { register } = deciding;
  const held = register.objects.get(objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, objectId);
  if (noteUnchanged(item, held)) return filtered('filtered:unchanged', objectId);
  const at = { pointer: '/organisation/id', startDate: fact.startDate };
  const unit = fact.unit === undefined ? undefined : findUnit(item, fact.unit, at, deciding);
  if (unit?.ok === false) return parked(unit.reason);
  const groups = findObjects(item, 'group', fact.groups, deciding);
  if (!groups.ok) return parked(groups.reason);
  const teachers = findObjects(item, 'duty', fact.teachers, deciding);
  if (!teachers.ok) return parked(teachers.reason);
  const activity: ActivityState = {
    id: objectId,
    source: source.id,
    huvudman,
    ...(unit === undefined ? undefined : { schoolUnit: unit.value }),
    displayName: fact.displayName,
    groups: groups.value,
    teachers: teachers.value,
    ...(isUuid(fact.parentActivity) ? { parentActivity: fact.parentActivity } : undefined),
    startDate: fact.startDate,
    ...(fact.endDate === undefined ? undefined : { endDate: fact.endDate }),
  };
  const before = standingEntity<ActivityState>(held);
  const record = putObject(item, register, { kind: 'activity', person: null, entity: activity });
  return announced(objectId, [
    announceActivity(record, activity, { verb: spanVerb(before, activity), register }),
  ]);
}

export function decideActivityRemoved(
  item: SourceFact<ActivityRemoved>,
  { register }: Deciding,
): Verdict {
  const held = register.objects.get(item.objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, item.objectId);
  const activity = standingEntity<ActivityState>(held);
  const record = putObject(item, register, { kind: 'activity', person: null, entity: activity });
  if (activity === null)
    return filtered('filtered:unchanged', item.objectId, 'the activity was never known');
  return announced(item.objectId, [
    announceActivity(record, activity, { verb: 'cancelled', register }),
  ]);
}

/** The activity is kept as its source asserts it, and told as the huvudman's whose the unit is. */
export function announceActivity(
  record: ObjectRecord,
  activity: ActivityState,
  says: {
    readonly verb: 'started' | 'changed' | 'ended' | 'cancelled';
    readonly register: Register;
  },
): Announcement {
  const huvudman = holderOf(activity, says.register.history.ownersOf);
  return announceThing(record, {
    type: `se.elevnav.activity.${says.verb}`,
    subject: activity.id,
    dataschema: SCHEMAS.activity.dataschema,
    data: { activity: { ...activity, huvudman } },
    ...(activity.schoolUnit === undefined ? undefined : { schoolUnit: activity.schoolUnit }),
  });
}

/** The hub's ids of groups or duties; the first that the source has not sent is waited for. */
function findObjects(
  { source }: SourceFact,
  kind: 'group' | 'duty',
  localIds: readonly string[],
  { register }: Deciding,
): Found<string[]> {
  const value: string[] = [];
  for (const [index, localId] of localIds.entries()) {
    const id = hubIdOf(register.keys, kind, source.id, localId);
    if (register.objects.has(id)) {
      value.push(id);
      continue;
    }
    const list = kind === 'group' ? 'groups' : 'teachers';
    const says = `expected a ${kind} that the source has sent; send the ${kind} first`;
    return {
      ok: false,
      reason: missingReference(source.id, `/${list}/${index}`, objectReference(kind, id), says),
    };
  }
  return { ok: true, value };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isUuid(text: string | undefined): text is string {
  return text !== undefined && UUID.test(text);
}
