import type { Duty } from '#canonical';
import type { ClaimRecord, ObjectRecord, PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { dutyParts, tellDuties } from './duty-parts.js';
import { standingEntity } from './object-record.js';
import { standingDuty } from './standing-duty.js';
import { announcePerson, type Announcement } from './verdict.js';

/** One duty of a person, as it was and as it is from now on. */
export interface Replacing {
  readonly id: string;
  readonly before: Duty | null;
  readonly after: Duty | null;
}

/**
 * Replaces one duty of a person. At a unit that has changed owner all that is asserted of the person there counts again, since one duty
 * may yield to another.
 */
export function replaceDuty(
  person: PersonRecord,
  { id, before, after }: Replacing,
  register: Register,
): Announcement[] {
  const { state } = person;
  if (state === null) return [];
  const { history } = register;
  const carriedAt = [before, after].flatMap((duty) => duty?.schoolUnit ?? []).filter(history.isCarried); // prettier-ignore
  const others = state.duties.filter(
    (other) => (other.carriedFrom ?? other).id !== id && !carriedAt.includes(other.schoolUnit),
  );
  const beside = register
    .dutiesOf(person.id)
    .flatMap((object) => standingDuty(object, person) ?? [])
    .filter((other) => other.id !== id && carriedAt.includes(other.schoolUnit));
  const asserted = after === null ? beside : [...beside, after];
  const parts = asserted.flatMap((duty) => dutyParts(duty, state, register));
  const duties = tellDuties([...others, ...parts]);
  return announcePerson(person, register.replaceState(person, { ...state, duties }));
}

type RecordName = Pick<ClaimRecord, 'source' | 'localId'>;

/** The person's duties that the record was said to hold; one of which the hub has not kept whose it is counts too. */
function dutiesBy(
  { source, localId }: RecordName,
  { id }: PersonRecord,
  register: Register,
): ObjectRecord[] {
  const all = register.dutiesOf(id);
  return all.filter((one) => one.source === source && (one.holder ?? localId) === localId);
}

/**
 * The record means another person from now on. The duties that it was said to hold end with whom it meant before, and are nobody's until
 * their source tells of them again, by a later time than the record had: to hand them over would show the old identity beside the new
 * one (design §5).
 */
export function leaveDuties(
  claim: RecordName,
  before: PersonRecord,
  register: Register,
): Announcement[] {
  const announcements: Announcement[] = [];
  for (const object of dutiesBy(claim, before, register)) {
    const duty = standingEntity<Duty>(object);
    if (duty !== null) {
      const left = { id: object.id, before: duty, after: null };
      announcements.push(...replaceDuty(before, left, register));
    }
    // Without what it said, the same word is news when it is told anew.
    Object.assign(object, {
      person: null,
      holder: null,
      entity: null,
      content: '',
      isChanged: true,
    });
  }
  return announcements;
}

/**
 * Ends the duties that a dropped claim of the person was said to hold. One after the other, and before anything else is said of the
 * person: a huvudman is told of the end of what it was last told of.
 */
export function endDuties(
  claim: RecordName,
  person: PersonRecord,
  register: Register,
): Announcement[] {
  const announcements: Announcement[] = [];
  for (const object of dutiesBy(claim, person, register)) {
    const before = standingEntity<Duty>(object);
    if (before === null || standingDuty(object, person) !== null) continue;
    const ended = { id: object.id, before, after: null };
    announcements.push(...replaceDuty(person, ended, register));
  }
  return announcements;
}
