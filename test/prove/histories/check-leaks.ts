import type { HubInMemory, ToldMessage } from './hub-in-memory.js';
import { MARKINGS, type KnownPerson } from './model/known-persons.js';
import { HUVUDMEN, PERSONS, SOURCES, UNITS } from './world.js';

/** What belongs to each huvudman and to nobody else, as it would stand in a text. */
const OWN: ReadonlyMap<string, readonly string[]> = new Map(
  HUVUDMEN.map(({ id, organisationNumber }) => [
    id,
    [
      id,
      organisationNumber,
      ...UNITS.filter(({ huvudman }) => huvudman === id).map(({ code }) => code),
      ...SOURCES.filter(({ huvudman }) => huvudman === id).map((source) => source.id),
      `@${id.slice(0, id === 'alfakommun' ? 4 : id.indexOf('skolan'))}.example`,
    ],
  ]),
);
const OWNER = new Map(SOURCES.map(({ id, huvudman }) => [id, huvudman]));
/** What nobody is told: names, numbers, and that a join elsewhere is under way. */
const HIDDEN = [
  ...PERSONS.flatMap(({ name, familyName, number }) => [`"${name}"`, familyName, number]),
  'make-before-break',
];
/** By huvudman: whatever it is told must hold none of these. */
const FORBIDDEN = new Map(
  HUVUDMEN.map(({ id }) => [
    id,
    [...HIDDEN, ...[...OWN].flatMap(([owner, own]) => (owner === id ? [] : own))],
  ]),
);

/** Of a protected person nothing leaves but ids and the type. */
const PLAIN = /"(?:eppn|eppns|schoolUnit|startDate|endDate|enrolments|entries|windowStart|until|since)"/; // prettier-ignore

/** Looks at everything that was told in a step, and says what somebody learnt that was not theirs to know. */
export function checkLeaks(
  hub: HubInMemory,
  known: readonly KnownPerson[],
  idOf: (person: KnownPerson) => string | undefined,
): string[] {
  if (hub.told.length === 0) return [];
  const says: string[] = [];
  const persons = new Map<string | undefined, KnownPerson>();
  for (const person of known) {
    const id = idOf(person);
    const { formerIds = [] } = (id && hub.register.persons.get(id)?.state) || {};
    for (const one of [id, ...formerIds]) persons.set(one, person);
  }
  for (const message of hub.told) {
    const person = persons.get(message.person);
    const told = `${message.huvudman} is told ${message.type}`;
    const text = `${message.subject} ${message.schoolUnit} ${JSON.stringify(message.data)}`;
    if (person === undefined || !concerns(message.huvudman, person)) {
      says.push(`${told} of a person that it has told nothing of`);
      continue;
    }
    for (const one of FORBIDDEN.get(message.huvudman)!) {
      if (text.includes(one)) says.push(`${told} with “${one}” in it`);
    }
    if (text.includes(message.person)) says.push(`${told} with the hub’s own id of the person`);
    const state = hub.register.persons.get(message.person)?.state;
    for (const { id, huvudman } of state?.enrolments ?? []) {
      if (huvudman === message.huvudman || !text.includes(id)) continue;
      says.push(`${told} with the id of an enrolment at ${huvudman}`);
    }
    if (person.marking > 0) checkProtected(message, { hub, person, text, told, says });
  }
  return says;
}

/** Only a huvudman whose own source has spoken of the person has anything to do with them. */
function concerns(huvudman: string, { records, eppns }: KnownPerson): boolean {
  return eppns.has(huvudman) || records.some((key) => OWNER.get(key.split('|')[0]!) === huvudman);
}

/** Rule 8: no field of a protected person, and no moment at which another huvudman spoke, unless it changed the marking. */
function checkProtected(
  { type, person: id, because, huvudman }: ToldMessage,
  of: { hub: HubInMemory; person: KnownPerson; text: string; told: string; says: string[] },
): void {
  const { hub, person, text, told, says } = of;
  if (PLAIN.test(text)) says.push(`${told} of a person with ${MARKINGS[person.marking]}: ${text}`);
  if (because === undefined || because === huvudman) return;
  const isMarking = /\.person\.(?:protected|unprotected)$/;
  if (isMarking.test(type) || hub.told.some((one) => one.person === id && isMarking.test(one.type))) return; // prettier-ignore
  says.push(`${told} of a protected person the moment that ${because} speaks of them`);
}
