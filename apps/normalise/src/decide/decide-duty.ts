import type { DutyAsserted, DutyRemoved } from '#adapters';
import type { Duty } from '#canonical';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { objectReference } from '../register/hub-ids.js';
import type { ObjectRecord, PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { findPerson, findUnit, type Deciding } from './deciding.js';
import { noteUnchanged, putObject, standingEntity } from './object-record.js';
import { replaceDuty } from './replace-duty.js';
import { isOver, standingDuty } from './standing-duty.js';
import { announced, filtered, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/** A student register says who holds a post at a unit. A post that nobody holds concerns nobody. */
export function decideDuty(item: SourceFact<DutyAsserted>, deciding: Deciding): Verdict {
  const { fact, source, huvudman, objectId } = item;
  const { register } = deciding;
  const held = register.objects.get(objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, held?.person);
  if (!hasEnded(held, register) && noteUnchanged(item, held)) {
    held!.holder = fact.person;
    return filtered('filtered:unchanged', held?.person);
  }
  if (fact.person === null) {
    const announcements = moveDuty(held, undefined, null, register);
    putObject(item, register, { kind: 'duty', person: null, entity: null });
    return announced(held?.person ?? objectId, announcements);
  }
  const person = findPerson(item, fact.person, '/person/id', deciding);
  if (!person.ok) return parked(person.reason);
  const unit = findUnit(
    item,
    fact.unit,
    { pointer: '/dutyAt/id', startDate: fact.startDate },
    deciding,
  );
  if (!unit.ok) return parked(unit.reason);
  const duty: Duty = {
    id: objectId,
    source: source.id,
    huvudman,
    schoolUnit: unit.value,
    dutyRole: fact.dutyRole,
    startDate: fact.startDate,
    ...(fact.endDate === undefined ? undefined : { endDate: fact.endDate }),
  };
  const holder = fact.person;
  const isDropped = isOver({ source: source.id, holder }, item.version.modified, person.value);
  const announcements = moveDuty(held, person.value, isDropped ? null : duty, register);
  putObject(item, register, { kind: 'duty', person: person.value.id, holder, entity: duty });
  deciding.arrivals.add(objectReference('duty', objectId));
  if (isDropped && announcements.length === 0) return outdated('older', person.value.id);
  return announced(person.value.id, announcements);
}

export function decideDutyRemoved(item: SourceFact<DutyRemoved>, { register }: Deciding): Verdict {
  const held = register.objects.get(item.objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, held?.person);
  const announcements = moveDuty(held, undefined, null, register);
  putObject(item, register, {
    kind: 'duty',
    person: held?.person ?? null,
    holder: held?.holder ?? null,
    entity: held?.entity ?? null,
  });
  return announced(held?.person ?? item.objectId, announcements);
}

/** True for a duty that has ended since its source dropped its person: the same word, told later than that, brings it back. */
function hasEnded(held: ObjectRecord | undefined, { persons }: Register): boolean {
  const person = held?.person ? persons.get(held.person) : undefined;
  if (held === undefined || person === undefined) return false;
  return standingEntity(held) !== null && standingDuty(held, person) === null;
}

/** Takes the duty from whoever had it and gives it to whoever has it now. */
function moveDuty(
  held: ObjectRecord | undefined,
  person: PersonRecord | undefined,
  duty: Duty | null,
  register: Register,
): Announcement[] {
  const announcements: Announcement[] = [];
  const holder = held?.person ? register.persons.get(held.person) : undefined;
  const before = standingEntity<Duty>(held);
  if (held !== undefined && holder !== undefined && (holder !== person || duty === null)) {
    const replacing = { id: held.id, before, after: null };
    announcements.push(...replaceDuty(holder, replacing, register));
  }
  if (person !== undefined && duty !== null) {
    const replacing = { id: duty.id, before, after: duty };
    announcements.push(...replaceDuty(person, replacing, register));
  }
  return announcements;
}
