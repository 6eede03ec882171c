import type { GroupAsserted, GroupRemoved } from '#adapters';
import { SCHEMAS, type GroupMembership, type GroupState } from '#canonical';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { objectReference } from '../register/hub-ids.js';
import type { ObjectRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { holderOf } from '../succession/carry-over.js';
import { findPersonId, findUnit, type Deciding, type Found } from './deciding.js';
import { noteUnchanged, putObject, standingEntity } from './object-record.js';
import { spanVerb } from './span-verb.js';
import { announceThing, announced, filtered, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/** A source says all of a group, members included. A group whose member is not known yet waits for that person. */
export function decideGroup(item: SourceFact<GroupAsserted>, deciding: Deciding): Verdict {
  const { fact, source, huvudman, objectId } = item;
  const { register } = deciding;
  const held = register.objects.get(objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, objectId);
  if (noteUnchanged(item, held)) return filtered('filtered:unchanged', objectId);
  const at = { pointer: '/organisation/id', startDate: fact.startDate };
  const unit = fact.unit === undefined ? undefined : findUnit(item, fact.unit, at, deciding);
  if (unit?.ok === false) return parked(unit.reason);
  const members = findMembers(item, deciding);
  if (!members.ok) return parked(members.reason);
  const group: GroupState = {
    id: objectId,
    source: source.id,
    huvudman,
    ...(unit === undefined ? undefined : { schoolUnit: unit.value }),
    displayName: fact.displayName,
    groupType: fact.groupType,
    ...(fact.schoolType === undefined ? undefined : { schoolType: fact.schoolType }),
    startDate: fact.startDate,
    ...(fact.endDate === undefined ? undefined : { endDate: fact.endDate }),
    groupMemberships: members.value,
  };
  const before = standingEntity<GroupState>(held);
  const record = putObject(item, register, { kind: 'group', person: null, entity: group });
  deciding.arrivals.add(objectReference('group', objectId));
  return announced(objectId, [
    announceGroup(record, group, { verb: spanVerb(before, group), register }),
  ]);
}

export function decideGroupRemoved(
  item: SourceFact<GroupRemoved>,
  { register }: Deciding,
): Verdict {
  const held = register.objects.get(item.objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, item.objectId);
  const group = standingEntity<GroupState>(held);
  const record = putObject(item, register, { kind: 'group', person: null, entity: group });
  if (group === null)
    return filtered('filtered:unchanged', item.objectId, 'the group was never known');
  return announced(item.objectId, [announceGroup(record, group, { verb: 'cancelled', register })]);
}

/** The group is kept as its source asserts it, and told as the huvudman's whose the unit is. */
export function announceGroup(
  record: ObjectRecord,
  group: GroupState,
  says: {
    readonly verb: 'started' | 'changed' | 'ended' | 'cancelled';
    readonly register: Register;
  },
): Announcement {
  const huvudman = holderOf(group, says.register.history.ownersOf);
  return announceThing(record, {
    type: `se.elevnav.group.${says.verb}`,
    subject: group.id,
    dataschema: SCHEMAS.group.dataschema,
    data: { group: { ...group, huvudman } },
    ...(group.schoolUnit === undefined ? undefined : { schoolUnit: group.schoolUnit }),
  });
}

function findMembers(
  item: SourceFact<GroupAsserted>,
  deciding: Deciding,
): Found<GroupMembership[]> {
  const value: GroupMembership[] = [];
  for (const [index, { person, startDate, endDate }] of item.fact.members.entries()) {
    const found = findPersonId(item, person, `/groupMemberships/${index}/person/id`, deciding);
    if (!found.ok) return found;
    value.push({
      person: found.value,
      ...(startDate === undefined ? undefined : { startDate }),
      ...(endDate === undefined ? undefined : { endDate }),
    });
  }
  return { ok: true, value };
}
