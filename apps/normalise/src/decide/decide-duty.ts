import type { DutyAsserted, DutyRemoved } from '#adapters';
import type { Duty, PersonState } from '#canonical';
import type { PersonDifference } from '../claim/compare-persons.js';
import { followsUnit } from '../claim/merge-claims.js';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { objectReference } from '../register/hub-ids.js';
import type { ObjectRecord, PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { partsOf } from '../succession/carry-over.js';
import { findPerson, findUnit, type Deciding } from './deciding.js';
import { noteUnchanged, putObject } from './object-record.js';
import { announcePerson, announced, filtered, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/** Beyond these a person's oldest duties are left out of the person's state (bound of `PersonState`). */
export const DUTIES_MAX = 200;

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
  const before = held?.person ? register.persons.get(held.person) : undefined;
  if (held !== undefined && before !== undefined && before !== person) {
    announcements.push(...announcePerson(before, replaceDuty(before, held.id, null, register)));
  }
  if (person !== undefined && duty !== null) {
    announcements.push(...announcePerson(person, replaceDuty(person, duty.id, duty, register)));
  }
  return announcements;
}

function replaceDuty(
  person: PersonRecord,
  id: string,
  duty: Duty | null,
  register: Register,
): PersonDifference[] {
  const { state } = person;
  if (state === null) return [];
  const others = state.duties.filter((other) => (other.carriedFrom ?? other).id !== id);
  const parts = duty === null ? [] : dutyParts(duty, state, register);
  const duties = duty === null ? others : [...others, ...parts].sort(byLatestStart);
  return register.replaceState(person, { ...state, duties: duties.slice(0, DUTIES_MAX) });
}

/**
 * A duty at a unit that has gone to another owner, in parts: each is the huvudman's that had the unit then. It ends with its unit.
 */
export function dutyParts(
  duty: Duty,
  { securityMarking }: Pick<PersonState, 'securityMarking'>,
  { history }: Register,
): readonly Duty[] {
  const closedOn = history.closedOn(duty.schoolUnit);
  const isLonger = closedOn !== undefined && (duty.endDate ?? closedOn) >= closedOn;
  const ending = isLonger ? { ...duty, endDate: closedOn } : duty;
  return followsUnit(securityMarking)
    ? partsOf(ending, history.ownersOf(duty.schoolUnit))
    : [ending];
}

export function byLatestStart(left: Duty, right: Duty): number {
  if (left.startDate !== right.startDate) return left.startDate > right.startDate ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}
