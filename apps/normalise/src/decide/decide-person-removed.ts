import type { PersonRemoved } from '#adapters';
import { EMPTY_CONTENT, type ClaimContent } from '../claim/claim-content.js';
import { orderClaims } from '../claim/order-claims.js';
import { addNewestRemoval, addOlderRemoval } from '../claim/order-lists.js';
import type { SourceFact } from '../facts/source-fact.js';
import { claimKey, type ClaimRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import type { Deciding } from './deciding.js';
import { newClaim } from './new-claim.js';
import { isForgotten } from './person-claim.js';
import { endDuties } from './replace-duty.js';
import { announcePerson, announced, filtered, outdated, type Verdict } from './verdict.js';

/** Older news may still tell of somebody who was dropped before anything was heard of them. */
const NEVER_LISTED: ClaimContent = {
  ...EMPTY_CONTENT,
  earlier: { times: [], left: [], listed: '' },
};

/**
 * A student register drops a person. The claim stays as a tombstone, so that older news of it stays deleted; its enrolments end for
 * an unknown reason, and its EPPNs are kept, since a pupil who left keeps access until the next school takes over (design §6.3). The
 * duties that the source asserts of the person end at once: nothing bridges staff.
 */
export function decidePersonRemoved(
  item: SourceFact<PersonRemoved>,
  { register }: Deciding,
): Verdict {
  const { fact, source, version } = item;
  const key = claimKey(source.id, fact.localId);
  const held = register.claims.get(key);
  const order = orderClaims(version, held);
  if (order === 'older') return decideLateRemoval(held!, version.modified, register);
  if (order === 'duplicate') return outdated(order, held?.person);
  if (held === undefined) {
    register.claims.set(key, newClaim(item, { kind: 'register', asserted: NEVER_LISTED }));
    return filtered('filtered:unchanged', null, 'the person was never known');
  }
  if (isForgotten(held)) {
    Object.assign(held, version, { isChanged: true });
    return filtered('filtered:unchanged');
  }
  const wasLive = !held.deleted;
  const asserted = { ...held.asserted, ...addNewestRemoval(held, version.modified) };
  Object.assign(held, version, { asserted, isChanged: true });
  const person = held.person === null ? undefined : register.persons.get(held.person);
  if (person === undefined) return filtered('filtered:unchanged', held.person);
  const othersStand = person.claims.some(({ kind, deleted }) => kind === 'register' && !deleted);
  const news = { withdrawn: wasLive && othersStand, identityChanged: false };
  const ended = endDuties(held, person, register);
  return announced(person.id, [
    ...ended,
    ...announcePerson(person, register.remerge(person, news)),
  ]);
}

/** Somebody was dropped and is there again: what has not been named, or told of, since had ended by then. */
function decideLateRemoval(held: ClaimRecord, at: string, register: Register): Verdict {
  if (isForgotten(held)) return outdated('older');
  const asserted = { ...held.asserted, ...addOlderRemoval(held, at) };
  Object.assign(held, { asserted, isChanged: true });
  const person = held.person === null ? undefined : register.persons.get(held.person);
  if (person === undefined) return outdated('older', held.person);
  const ended = endDuties(held, person, register);
  const announcements = [...ended, ...announcePerson(person, register.remerge(person))];
  return announcements.length === 0
    ? outdated('older', person.id)
    : announced(person.id, announcements);
}
