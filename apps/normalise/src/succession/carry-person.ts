import { dutyParts, tellDuties } from '../decide/duty-parts.js';
import { standingDuty } from '../decide/standing-duty.js';
import { announcePerson, type Announcement } from '../decide/verdict.js';
import type { ObjectRecord, PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';

/** Decides a person again from what the sources assert and who has owned the units since; nothing is told where nothing differs. */
export function carryPerson(
  person: PersonRecord,
  duties: readonly ObjectRecord[],
  register: Register,
): Announcement[] {
  return [
    ...carryDuties(person, duties, register),
    ...announcePerson(person, register.remerge(person)),
  ];
}

function carryDuties(
  person: PersonRecord,
  objects: readonly ObjectRecord[],
  register: Register,
): Announcement[] {
  const { state } = person;
  if (state === null) return [];
  const asserted = objects.flatMap((object) => standingDuty(object, person) ?? []);
  const duties = tellDuties(asserted.flatMap((duty) => dutyParts(duty, state, register)));
  return announcePerson(person, register.replaceState(person, { ...state, duties }));
}
