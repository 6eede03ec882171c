import type { DutyAsserted, DutyRemoved } from '#adapters';
import type { Duty } from '#canonical';
import type { PersonDifference } from '../claim/compare-persons.js';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { objectReference } from '../register/hub-ids.js';
import type { ObjectRecord, PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { findPerson, findUnit, type Deciding } from './deciding.js';
import { dutyParts, tellDuties } from './duty-parts.js';
import { noteUnchanged, putObject, standingEntity } from './object-record.js';
import { announcePerson, announced, filtered, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/** A student register says who holds a post at a unit. A post that nobody holds concerns nobody. */
export function decideDuty(item: SourceFact<DutyAsserted>, deciding: Deciding): Verdict {
  const { fact, source, huvudman, objectId } = item;
  const { register } = deciding;
  const held = register.objects.get(objectId);
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, held?.person);
  if (noteUnchanged(item, held)) return filtered('filtered:unchanged', held?.person);
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
  const announcements = moveDuty(held, person.value, duty, register);
  putObject(item, register, { kind: 'duty', person: person.value.id, entity: duty });
  deciding.arrivals.add(objectReference('duty', objectId));
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
    entity: held?.entity ?? null,
  });
  return announced(held?.person ?? item.objectId, announcements);
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
  if (held !== undefined && holder !== undefined && holder !== person) {
    const replacing = { id: held.id, before, after: null };
    announcements.push(...announcePerson(holder, replaceDuty(holder, replacing, register)));
  }
  if (person !== undefined && duty !== null) {
    const replacing = { id: duty.id, before, after: duty };
    announcements.push(...announcePerson(person, replaceDuty(person, replacing, register)));
  }
  return announcements;
}

/** At a unit that has changed owner all that is asserted of the person there counts again, since one duty may yield to another. */
function replaceDuty(
  person: PersonRecord,
  { id, before, after }: Replacing,
  register: Register,
): PersonDifference[] {
  const { state } = person;
  if (state === null) return [];
  const { history } = register;
  const carriedAt = [before, after].flatMap((duty) => duty?.schoolUnit ?? []).filter(history.isCarried); // prettier-ignore
  const others = state.duties.filter(
    (other) => (other.carriedFrom ?? other).id !== id && !carriedAt.includes(other.schoolUnit),
  );
  const beside = register
    .dutiesOf(person.id)
    .flatMap((object) => standingEntity<Duty>(object) ?? [])
    .filter((other) => other.id !== id && carriedAt.includes(other.schoolUnit));
  const asserted = after === null ? beside : [...beside, after];
  const parts = asserted.flatMap((duty) => dutyParts(duty, state, register));
  return register.replaceState(person, { ...state, duties: tellDuties([...others, ...parts]) });
}

interface Replacing {
  readonly id: string;
  readonly before: Duty | null;
  readonly after: Duty | null;
}
