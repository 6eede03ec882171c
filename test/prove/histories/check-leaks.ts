import type { HubInMemory, ToldMessage } from './hub-in-memory.js';
import { MARKINGS, type KnownPerson } from './model/known-persons.js';
import { HUVUDMEN, PERSONS, SOURCES, TRAVELLING, UNITS } from './world.js';

/** What belongs to each huvudman and to nobody else, as it would stand in a text. */
const OWN: ReadonlyMap<string, readonly string[]> = new Map(
  HUVUDMEN.map(({ id, organisationNumber }) => [
    id,
    [
      id,
      organisationNumber,
      ...[...UNITS, TRAVELLING].filter(({ huvudman }) => huvudman === id).map(({ code }) => code),
      ...SOURCES.filter(({ huvudman }) => huvudman === id).map((source) => source.id),
      domainOf(id),
    ],
  ]),
);

function domainOf(huvudman: string): string {
  return `@${/^(.+?)(?:kommun|skolan)$/.exec(huvudman)![1]!}.example`;
}

const OWNER = new Map(SOURCES.map(({ id, huvudman }) => [id, huvudman]));
/** What nobody is told: names, numbers, and that a join elsewhere is under way. */
const HIDDEN = [
  ...PERSONS.flatMap(({ name, familyName, number }) => [`"${name}"`, familyName, number]),
  'make-before-break',
];
const OWNER_OF_DOMAIN = new Map(HUVUDMEN.map(({ id }) => [domainOf(id), id]));
/** By huvudman: whatever it is told must hold none of these. */
const FORBIDDEN = new Map(
  HUVUDMEN.map(({ id }) => [
    id,
    [...HIDDEN, ...[...OWN].flatMap(([owner, own]) => (owner === id ? [] : own))],
  ]),
);

/** One look at a text tells whether it has any of them: most have none. */
const ANY_FORBIDDEN = new Map(
  [...FORBIDDEN].map(([id, words]) => [id, new RegExp(words.join('|').replaceAll('.', '\\.'))]),
);

const ENTRY_ID = /"(?:id|entry)":"pupil\|[^"]*"/g;

/** Of a protected person nothing leaves but ids and the type. */
const PLAIN = /"(?:eppn|eppns|schoolUnit|startDate|endDate|enrolments|entries|windowStart|until|since)"/; // prettier-ignore

/** Looks at everything that was told in a step, and says what somebody learnt that was not theirs to know. */
export function checkLeaks(
  hub: HubInMemory,
  known: readonly KnownPerson[],
  about: {
    readonly idOf: (person: KnownPerson) => string | undefined;
    /** The huvudmän that have had the travelling unit. */
    readonly owners: ReadonlySet<string>;
  },
): string[] {
  if (hub.told.length === 0) return [];
  const says: string[] = [];
  const persons = new Map<string | undefined, KnownPerson>();
  for (const person of known) {
    const id = about.idOf(person);
    const { formerIds = [] } = (id && hub.register.persons.get(id)?.state) || {};
    for (const one of [id, ...formerIds]) persons.set(one, person);
  }
  for (const message of hub.told) {
    const isOwner = about.owners.has(message.huvudman);
    const person = persons.get(message.person);
    const told = `${message.huvudman} is told ${message.type}`;
    const text = `${message.subject} ${message.schoolUnit} ${JSON.stringify(message.data)}`;
    const isCarried =
      isOwner && (hub.regrouped.has(message.person) || person?.hasTravelled === true);
    const isTheirs = isUnit(message) ? isOwner : person && (isCarried || concerns(message.huvudman, person)); // prettier-ignore
    if (!isTheirs) {
      says.push(`${told} of a person that it has told nothing of`);
      continue;
    }
    // An entry that goes over with its unit keeps its id, which in memory is readable.
    const readable = isCarried ? text.replaceAll(ENTRY_ID, '') : text;
    for (const one of forbiddenIn(readable, message.huvudman)) {
      if (isOwner && one === TRAVELLING.code) continue;
      // Until the new owner has given its own, the former one’s EPPN opens the entry.
      if (isCarried && about.owners.has(OWNER_OF_DOMAIN.get(one) ?? '')) continue;
      says.push(`${told} with “${one}” in it`);
    }
    if (person === undefined) continue;
    if (text.includes(message.person)) says.push(`${told} with the hub’s own id of the person`);
    const state = hub.register.persons.get(message.person)?.state;
    for (const { id, huvudman } of state?.enrolments ?? []) {
      if (huvudman === message.huvudman || !text.includes(id)) continue;
      says.push(`${told} with the id of an enrolment at ${huvudman}`);
    }
    if (person.marking > 0) {
      // At a unit that has gone over, the former owner’s register speaks of the present one’s pupils.
      const isOwnCause = isCarried && about.owners.has(message.because ?? '');
      checkProtected(message, { hub, person, text, told, says, isOwnCause });
    }
  }
  return says;
}

function forbiddenIn(text: string, huvudman: string): readonly string[] {
  if (!ANY_FORBIDDEN.get(huvudman)!.test(text)) return [];
  return FORBIDDEN.get(huvudman)!.filter((word) => text.includes(word));
}

function isUnit({ type }: ToldMessage): boolean {
  return type.startsWith('se.elevnav.organisation.');
}

/** Only a huvudman whose own source has spoken of the person has anything to do with them. */
function concerns(huvudman: string, { records, eppns }: KnownPerson): boolean {
  return eppns.has(huvudman) || records.some((key) => OWNER.get(key.split('|')[0]!) === huvudman);
}

/** Rule 8: no field of a protected person, and no moment at which another huvudman spoke, unless it changed the marking. */
function checkProtected(
  { type, person: id, because, huvudman }: ToldMessage,
  of: { hub: HubInMemory; person: KnownPerson; text: string; told: string; says: string[]; isOwnCause: boolean }, // prettier-ignore
): void {
  const { hub, person, text, told, says, isOwnCause } = of;
  if (PLAIN.test(text)) says.push(`${told} of a person with ${MARKINGS[person.marking]}: ${text}`);
  if (because === undefined || because === huvudman || isOwnCause) return;
  const isMarking = /\.person\.(?:protected|unprotected)$/;
  if (isMarking.test(type) || hub.told.some((one) => one.person === id && isMarking.test(one.type))) return; // prettier-ignore
  says.push(`${told} of a protected person the moment that ${because} speaks of them`);
}
