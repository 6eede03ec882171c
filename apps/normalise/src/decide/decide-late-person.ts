import type { ClaimContent } from '../claim/claim-content.js';
import type { AssertedEnrolment } from '../claim/match-enrolments.js';
import { addOlderList, newestListAt } from '../claim/order-lists.js';
import type { PersonFact } from '../facts/source-fact.js';
import { eppnReference, personReference } from '../register/hub-ids.js';
import type { ClaimRecord, PersonRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import type { Deciding } from './deciding.js';
import { holdNumber, joinsOthers, mergedBy, resolve, type Settled } from './identify-person.js';
import { keepApart } from './keep-apart.js';
import { joinPersons } from './join-persons.js';
import { assertedEnrolments, holdEppns, isForgotten, namesOf, sealIdentity, statedIdentity, termsOf, wakeSharers } from './person-claim.js'; // prettier-ignore
import { takenEppn } from './taken-eppn.js';
import { announced, outdated, type Announcement, type Verdict } from './verdict.js';

/**
 * What a student register said before its newest word. It changes nothing that the newest word says; it tells of enrolments that the
 * newest no longer names, of EPPNs that were let go, of a number that was left out since, and of somebody who was dropped before the
 * hub ever heard of them: as if it had come in time (design §6, rule 6). What would have been parked then has been replaced since.
 */
export function decideLatePerson(item: PersonFact, held: ClaimRecord, deciding: Deciding): Verdict {
  const { register } = deciding;
  const passedOver = outdated('older', held.person);
  const forgotten = held.asserted.earlier?.forgotten ?? '';
  if (isForgotten(held) || item.version.modified <= forgotten) return passedOver;
  if (item.number?.ok === false) return passedOver;
  const enrolments = assertedEnrolments(item, deciding);
  if (!enrolments.ok) return passedOver;
  // Of the lists before it was dropped the last one still says how somebody is marked, and what their EPPN is.
  const isNewest = held.deleted && item.version.modified > newestListAt(held);
  if (isOtherNumber(item, held, isNewest)) return passedOver;
  const late = isNewest ? item : { ...item, securityMarking: held.asserted.securityMarking };
  const resolution = resolveLate(late, { held, isNewest, register });
  if (resolution === undefined) return passedOver;
  const known = resolution.is === 'new' ? undefined : register.persons.get(resolution.person);
  const persons = [known?.id, ...mergedBy(resolution)];
  if (isNewest && takenEppn(item.fact.eppns, { persons, register }) !== undefined) {
    return passedOver;
  }
  const kept = isNewest
    ? keepApart(late, { person: known, resolution }, register)
    : { person: known, resolution, announcements: [] };
  const person = kept.person ?? register.newPerson(namesOf(item, resolution.numberScope));
  const decided = { person, held, enrolments: enrolments.value, resolution: kept.resolution, isNewest }; // prettier-ignore
  const announcements = [...kept.announcements, ...applyLate(late, decided, deciding)];
  return announcements.length === 0
    ? outdated('older', person.id)
    : announced(person.id, announcements);
}

/**
 * Another personnummer is for a human, who is asked about the newest word; a TF number or samordningsnummer may have been followed by
 * a personnummer, or be followed by the number of the newest list.
 */
function isOtherNumber(
  { number, numberDigest }: PersonFact,
  held: ClaimRecord,
  isNewest: boolean,
): boolean {
  if (numberDigest === null || held.numberDigest === null) return false;
  if (numberDigest === held.numberDigest) return false;
  const isFinal = held.numberKind === 'personnummer';
  if (isNewest) return isFinal;
  return !isFinal || !number?.ok || number.number.kind === 'personnummer';
}

/** A number that the newest word leaves out, or one that a personnummer has followed: it names the person all the same. */
function tellsNumber({ numberDigest }: PersonFact, held: ClaimRecord): boolean {
  return numberDigest !== null && numberDigest !== held.numberDigest;
}

/** Undefined when a human would have been asked. */
function resolveLate(
  item: PersonFact,
  of: { readonly held: ClaimRecord; readonly isNewest: boolean; readonly register: Register },
): Settled | undefined {
  const { held, isNewest, register } = of;
  const { person } = held;
  const isNumbered = tellsNumber(item, held);
  if (person !== null && !isNumbered && !isNewest) {
    return { is: 'known', person, merge: [], numberScope: 'huvudman' };
  }
  // What has followed it since is no change of this number.
  const before = isNumbered ? 'none' : 'same';
  const resolution = resolve(item, statedIdentity(item), held, { register, before });
  return resolution.is === 'contradiction' ? undefined : resolution;
}

interface DecidedLate {
  readonly person: PersonRecord;
  readonly held: ClaimRecord;
  readonly enrolments: readonly AssertedEnrolment[];
  readonly resolution: Settled;
  readonly isNewest: boolean;
}

function applyLate(item: PersonFact, decided: DecidedLate, deciding: Deciding): Announcement[] {
  const { fact, source, huvudman, version } = item;
  const { register, arrivals } = deciding;
  const { person, held, resolution, isNewest } = decided;
  const before = held.asserted;
  const isFirst = held.person === null;
  const list = { at: version.modified, enrolments: decided.enrolments, completeness: source.contract.completeness }; // prettier-ignore
  const asserted: ClaimContent = {
    ...before,
    ...(isNewest && {
      eppns: fact.eppns,
      securityMarking: item.securityMarking,
      personStatus: fact.personStatus ?? 'Aktiv',
    }),
    ...addOlderList(held, list, termsOf(item, person.id)),
  };
  Object.assign(held, { asserted, isChanged: true });
  register.attach(held, person);
  if (isFirst || isNewest) sealIdentity(held, person, statedIdentity(item), register);
  if (tellsNumber(item, held)) holdNumber(item, { person, resolution }, register);
  if (item.numberDigest !== null && (held.numberDigest === null || isNewest)) {
    held.numberDigest = item.numberDigest;
    held.numberKind = statedIdentity(item).civicNumber!.kind;
  }
  const news = register.remerge(person);
  const { survivor, announcements } = joinPersons(person, mergedBy(resolution), { news, register });
  if (isNewest) holdEppns(item, survivor, before.eppns, deciding);
  if (joinsOthers(resolution)) wakeSharers(survivor, deciding);
  for (const digest of item.eppnDigests) {
    if (register.rememberEppn(digest, survivor.id, huvudman)) arrivals.add(eppnReference(digest));
  }
  if (isFirst) arrivals.add(personReference(register.keys, huvudman, fact.localId));
  return announcements;
}
