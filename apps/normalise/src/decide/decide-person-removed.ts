import type { PersonRemoved } from '#adapters';
import { EMPTY_CONTENT } from '../claim/claim-content.js';
import { endUnknown } from '../claim/match-enrolments.js';
import { orderClaims } from '../claim/order-claims.js';
import { stockholmDay } from '../claim/stockholm-day.js';
import type { SourceFact } from '../facts/source-fact.js';
import { claimKey, type ClaimRecord } from '../register/records.js';
import type { Deciding } from './deciding.js';
import { announcePerson, announced, filtered, outdated, type Verdict } from './verdict.js';

/**
 * A student register drops a person. The claim stays as a tombstone, so that older news of it stays deleted; its enrolments end for
 * an unknown reason, and its EPPNs are kept, since a pupil who left keeps access until the next school takes over (design §6.3).
 */
export function decidePersonRemoved(
  { fact, source, huvudman, version }: SourceFact<PersonRemoved>,
  { register }: Deciding,
): Verdict {
  const key = claimKey(source.id, fact.localId);
  const held = register.claims.get(key);
  const order = orderClaims(version, held);
  if (order !== 'newer') return outdated(order, held?.person);
  if (held === undefined) {
    register.claims.set(key, tombstone(source.id, fact.localId, huvudman, version));
    return filtered('filtered:unchanged', null, 'the person was never known');
  }
  const wasLive = !held.deleted;
  const day = stockholmDay(version.modified);
  const enrolments = held.asserted.enrolments.map((enrolment) => endUnknown(enrolment, day));
  Object.assign(held, version, { asserted: { ...held.asserted, enrolments }, isChanged: true });
  const person = held.person === null ? undefined : register.persons.get(held.person);
  if (person === undefined) return filtered('filtered:unchanged', held.person);
  const othersStand = person.claims.some(({ kind, deleted }) => kind === 'register' && !deleted);
  const news = { withdrawn: wasLive && othersStand, identityChanged: false };
  return announced(person.id, announcePerson(person, register.remerge(person, news)));
}

function tombstone(
  source: string,
  localId: string,
  huvudman: string,
  version: SourceFact['version'],
): ClaimRecord {
  return {
    source,
    localId,
    person: null,
    huvudman,
    kind: 'register',
    ...version,
    asserted: EMPTY_CONTENT,
    sealed: null,
    sealedDigest: null,
    numberDigest: null,
    numberKind: null,
    isNew: true,
    isChanged: true,
  };
}
