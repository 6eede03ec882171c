import { SCHEMAS, type EraseCommand } from '#canonical';
import type { Register } from '../register/register.js';
import { emptyState } from './empty-state.js';
import type { Announcement } from './verdict.js';

/**
 * An administrator has a person erased. What is left is the hub's id, so that the events about it stay in order and no other person
 * gets it; the event tells every reader to erase theirs (design §8).
 * @returns undefined when there is no such person, or no longer.
 */
export function decideErase(
  { person: id }: EraseCommand,
  register: Register,
): readonly Announcement[] | undefined {
  const person = register.persons.get(id);
  if (person === undefined || person.isEnded || person.state?.standing === 'erased') {
    return undefined;
  }
  register.erasures.push(id);
  person.claims.length = 0;
  person.state = emptyState(id, 'erased');
  person.apartFrom = [];
  person.emitted++;
  Object.assign(person, { isChanged: true, isStateChanged: true });
  return [
    {
      type: 'se.elevnav.person.erased',
      subject: id,
      number: person.emitted,
      dataschema: SCHEMAS.person.dataschema,
      data: { person: person.state, change: { fields: [] } },
    },
  ];
}
