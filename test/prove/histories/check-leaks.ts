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
const SECRET = PERSONS.flatMap(({ name, familyName, number }) => [`"${name}"`, familyName, number]);
/** That a join elsewhere is under way is no old school's business. */
const HIDDEN = [...SECRET, 'make-before-break', 'joining-huvudman"'];

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
  const persons = new Map(known.map((person) => [idOf(person), person]));
  for (const message of hub.told) {
    const person = persons.get(message.person);
    const told = `${message.huvudman} is told ${message.type}`;
    const text = JSON.stringify([message.subject, message.schoolUnit, message.data, message.view]);
    if (person === undefined || !concerns(message.huvudman, person)) {
      says.push(`${told} of a person that it has told nothing of`);
      continue;
    }
    for (const [huvudman, own] of OWN) {
      if (huvudman === message.huvudman) continue;
      for (const one of own) if (text.includes(one)) says.push(`${told} with “${one}” in it`);
    }
    for (const one of hiddenFrom(message)) if (text.includes(one)) says.push(`${told} with “${one}” in it`); // prettier-ignore
    if (text.includes(message.person)) says.push(`${told} with the hub’s own id of the person`);
    checkForeignIds(hub, message, text, told, says);
    if (person.marking > 0) checkProtected(message, person, told, says);
  }
  return says;
}

/** Only a huvudman whose own source has spoken of the person has anything to do with them. */
function concerns(huvudman: string, { records, eppns }: KnownPerson): boolean {
  return (
    eppns.has(huvudman) || records.some((key) => SOURCES.find(({ id }) => id === key.split('|')[0])?.huvudman === huvudman) // prettier-ignore
  );
}

/** Only whom the pupil joins is told that it must act. */
function hiddenFrom({ type }: ToldMessage): readonly string[] {
  return type === 'se.elevnav.access.awaiting' ? HIDDEN.slice(0, -1) : HIDDEN.slice(0, -1);
}

/** Enrolments have the hub's ids; each belongs to one huvudman. */
function checkForeignIds(
  hub: HubInMemory,
  message: ToldMessage,
  text: string,
  told: string,
  says: string[],
): void {
  const state = hub.register.persons.get(message.person)?.state;
  for (const { id, huvudman } of state?.enrolments ?? []) {
    if (huvudman !== message.huvudman && text.includes(id)) {
      says.push(`${told} with the id of an enrolment at ${huvudman}`);
    }
  }
}

function checkProtected(
  message: ToldMessage,
  person: KnownPerson,
  told: string,
  says: string[],
): void {
  const text = JSON.stringify(message.data);
  if (PLAIN.test(text)) says.push(`${told} of a person with ${MARKINGS[person.marking]}: ${text}`);
  const isCorrection = /\.person\.(?:protected|unprotected|updated)$|^se\.elevnav\.(?:access|test)/.test(message.type); // prettier-ignore
  if (message.because !== undefined && message.because !== message.huvudman && !isCorrection) {
    says.push(`${told} of a protected person the moment that ${message.because} speaks of them`);
  }
}
