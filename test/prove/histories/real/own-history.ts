import type { Fact } from '#adapters';
import { nationalId } from '#canonical';
import { civicNumberOf } from '../../faults/pupils.js';
import type { History, Step, Telling } from '../history.js';
import { isTravelling, PERSONS, SPARE_NUMBER } from '../world.js';

/** Of each history: those that its persons bear, and the spare one. */
const NUMBERS_EACH = PERSONS.length + 1;
const NUMBERS = [...PERSONS.map(({ number }) => number), SPARE_NUMBER];
const CODE_DIGITS = 8;
const LETTERS = 26;
const FIRST_LETTER = 'A'.charCodeAt(0);
const BIRTH_DATES = PERSONS.map(({ birthDate }) => birthDate);

/**
 * The same history of other persons, so that many can be told to one hub: local ids, civic numbers with their birth dates (1890 to
 * 1899), EPPNs, test assignments, the ids of tellings and the unit that may change owner are this history's own. Sources, huvudmän, all
 * other units and calendar are everybody's.
 * @param number another for every history of the hub.
 */
export function ownHistory({ steps }: History, number: number): History {
  const own = new Map<Telling, Telling>();
  const ownTelling = (telling: Telling): Telling => {
    const known = own.get(telling);
    if (known !== undefined) return known;
    const { id, source, fact } = telling;
    const made = { id: eventIdOf(number, id), source, fact: ownFact(fact, number) };
    own.set(telling, made);
    return made;
  };
  const ownStep = (step: Step): Step => {
    if (step.is === 'told') return { ...step, telling: ownTelling(step.telling) };
    if (step.is === 'days') return step;
    return { ...step, deed: { ...step.deed, localId: ownId(step.deed.localId, number) } };
  };
  return { steps: steps.map(ownStep), travelling: ownUnit(number) };
}

/** The code of a history's own unit that may change owner. */
export function ownUnit(number: number): string {
  return `5${String(number + 1).padStart(CODE_DIGITS - 1, '0')}`;
}

/** @param id of the telling or the deed within its history. */
export function eventIdOf(number: number, id: string): string {
  return `history-${number}-${id}`;
}

/** The history that an event is part of, by the event's id. */
export function historyOf(eventId: string): number | undefined {
  const [, number] = /^history-(\d+)-/.exec(eventId) ?? [];
  return number === undefined ? undefined : Number(number);
}

function ownId(localId: string, number: number): string {
  return nationalId(`history ${number}: ${localId}`);
}

function ownFact(fact: Fact, number: number): Fact {
  const idOf = (localId: string): string => ownId(localId, number);
  const eppnOf = (eppn: string): string => `${number}.${eppn}`;
  const unitOf = (code: string): string => (isTravelling(code) ? ownUnit(number) : code);
  const localId = idOf(fact.localId);
  switch (fact.kind) {
    case 'person-asserted':
      return {
        ...fact,
        localId,
        civicNo: fact.civicNo && ownNumber(fact.civicNo, number),
        birthDate: fact.birthDate && ownBirthDate(fact.birthDate, number),
        eppns: fact.eppns.map(eppnOf),
        enrolments: fact.enrolments.map((one) => ({ ...one, unit: unitOf(one.unit) })),
      };
    case 'person-removed':
      return { ...fact, localId };
    case 'account-asserted': {
      const { person, eppn } = fact;
      return {
        ...fact,
        localId,
        person: person === null ? null : idOf(person),
        eppn: eppn === null ? null : eppnOf(eppn),
      };
    }
    case 'duty-asserted':
      return { ...fact, localId, person: fact.person === null ? null : idOf(fact.person) };
    case 'test-reported':
      return { ...fact, localId, assignment: localId, eppn: eppnOf(fact.eppn) };
    case 'school-unit-asserted': {
      const code = unitOf(fact.code);
      return {
        ...fact,
        localId: code,
        code,
        displayName: fact.displayName.replace(fact.code, code),
      };
    }
    default:
      throw new Error(`Histories tell no ${fact.kind}.`);
  }
}

function ownNumber(civicNo: string, number: number): string {
  const provisional = PERSONS.find(({ tfNumber }) => tfNumber === civicNo);
  if (provisional !== undefined) return ownProvisional(provisional.number, number);
  const index = NUMBERS.indexOf(civicNo);
  if (index < 0) throw new Error('A history has a number that is not of its world.');
  return civicNumberOf(number * NUMBERS_EACH + index);
}

/** A TF number: the birth date, and two letters of this history, since birth dates come again after 900 histories. */
function ownProvisional(personnummer: string, number: number): string {
  const [first, second] = [Math.floor(number / LETTERS) % LETTERS, number % LETTERS];
  const letters = String.fromCharCode(FIRST_LETTER + first, FIRST_LETTER + second);
  return `${ownNumber(personnummer, number).slice(0, 8)}${letters}01`;
}

/** As the person's own number states it. */
function ownBirthDate(birthDate: string, number: number): string {
  const own = ownNumber(NUMBERS[BIRTH_DATES.indexOf(birthDate)]!, number);
  return `${own.slice(0, 4)}-${own.slice(4, 6)}-${own.slice(6, 8)}`;
}
