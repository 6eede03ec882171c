import type { UnitOfWork } from '#stage';
import { eraseRows } from './erasure.store.js';
import { findAnswers, saveQuestions } from './answer.store.js';
import { findHolders, loadClaims, saveClaims, type HolderRow } from './claim.store.js';
import { findIdentifiers, saveIdentifiers } from './identifier.store.js';
import { beginSuccessions, findChangedUnits } from '../succession/succession.store.js';
import type { UnitHistory } from '../succession/unit-history.js';
import { Needs } from './needs.js';
import { lockObjects, readAllDuties, readDuties, saveObjects } from './object.store.js';
import { lockOrganisationCounts, saveOrganisationCounts } from './organisation-count.store.js';
import { lockOrganisations, saveOrganisations } from './organisation.store.js';
import { lockPersons, savePersons } from './person.store.js';
import { claimKey, type IdentifierRecord, type ObjectRecord } from './records.js';
import type { RegisterKeys } from './register-keys.js';
import { Register } from './register.js';
import { tellHeldStatuses } from '../held-status/tell-held-statuses.js';
import { saveRemovals } from './removal.store.js';
import { findUnits, lockSchoolUnits, saveSchoolUnits } from './school-unit.store.js';

/**
 * Reads all that a batch touches, one query per table, and locks it in one order everywhere: organisations, school units, objects,
 * persons. What is read before the persons are locked only says whom to lock; their claims are read under the lock.
 */
export async function loadRegister(
  unit: UnitOfWork,
  needs: Needs,
  keys: RegisterKeys,
  history: UnitHistory,
): Promise<Register> {
  const register = new Register(keys, history);
  // They may take further statements, which must not come behind the locks of what is next.
  const organisations = await lockOrganisations(unit, needs);
  const counts = await lockOrganisationCounts(unit, needs, organisations);
  const [schoolUnits, units, objects, holders, identifiers, answers] = await Promise.all([
    lockSchoolUnits(unit, needs),
    findUnits(unit, needs),
    lockObjects(unit, needs.objects),
    findHolders(unit, needs),
    findIdentifiers(unit, needs),
    findAnswers(unit, needs),
  ]);
  for (const answer of answers) {
    const { source, localId } = answer;
    register.answers.set(claimKey(source, localId), answer);
    // It may be that the record means another person now, who leaves the duties behind.
    if (answer.answer === 'different-persons') needs.drop(source, localId);
  }
  for (const organisation of organisations) {
    register.organisations.set(claimKey(organisation.source, organisation.localId), organisation);
  }
  for (const count of counts) register.organisationCounts.set(count.id, count);
  for (const schoolUnit of schoolUnits) register.schoolUnits.set(schoolUnit.code, schoolUnit);
  for (const row of units) register.units.set(claimKey(row.source, row.ref), asUnit(row));
  for (const object of objects) register.objects.set(object.id, object);
  await loadPersons(unit, register, { needs, holders, identifiers });
  await loadDropped(unit, register, needs);
  await loadHistory(unit, register);
  await loadDutiesBeside(unit, register, needs);
  return register;
}

async function loadPersons(
  unit: UnitOfWork,
  register: Register,
  found: {
    readonly needs: Needs;
    readonly holders: readonly HolderRow[];
    readonly identifiers: readonly IdentifierRecord[];
  },
): Promise<void> {
  const { needs, holders, identifiers } = found;
  const touched = new Set<string>(needs.persons);
  const holderOf = new Map<string, string>();
  for (const { source, local_id, person } of holders) {
    if (person === null) continue;
    holderOf.set(claimKey(source, local_id), person);
    register.noteHolder(source, local_id, person);
    if (needs.holders.get(claimKey(source, local_id))?.isLocked) touched.add(person);
  }
  for (const [claim, ids] of needs.newcomers) {
    if (!holderOf.has(claim)) for (const id of ids()) touched.add(id);
  }
  const opened = new Set<string>();
  for (const identifier of identifiers) {
    register.putIdentifier(identifier);
    touched.add(identifier.person);
    // Whoever is named by the number of a claim that is not theirs yet may have to be compared, and merged, with whom that claim names.
    for (const claim of needs.identifiers.get(identifier.digest)!.statedBy) {
      const holder = holderOf.get(claim);
      if (holder === identifier.person) continue;
      opened.add(identifier.person);
      if (holder !== undefined) opened.add(holder);
    }
  }
  for (const claim of needs.opened) {
    const holder = holderOf.get(claim);
    if (holder !== undefined) opened.add(holder);
  }
  for (const { person } of register.objects.values()) if (person !== null) touched.add(person);
  const unheld = holders.filter(({ person }) => person === null);
  await lockAndFill(unit, register, [...touched], {
    claims: needs.claims ? { unheld, opened: [...opened] } : undefined,
  });
  refuseEnded(register, [...holderOf.values(), ...identifiers.map(({ person }) => person)]);
  if (needs.claims) refuseMoved(register, holders.filter(({ source, local_id }) => needs.holders.get(claimKey(source, local_id))?.isLocked)); // prettier-ignore
}

/**
 * The numbers that claims state which are to be separated, read under the locks: the command does not know them. Only who is locked may
 * lose one.
 */
export async function loadNumbers(
  unit: UnitOfWork,
  register: Register,
  claims: readonly { readonly source: string; readonly localId: string }[],
): Promise<void> {
  const needs = new Needs();
  for (const { source, localId } of claims) {
    const digest = register.claims.get(claimKey(source, localId))?.numberDigest;
    if (digest) needs.identifier('civic', digest);
  }
  for (const identifier of await findIdentifiers(unit, needs)) register.putIdentifier(identifier);
}

/** Locks persons in id order and puts them into the register, with their claims where those are wanted. */
export async function lockAndFill(
  unit: UnitOfWork,
  register: Register,
  ids: readonly string[],
  wanted: { readonly claims: Parameters<typeof loadClaims>[2] | undefined },
): Promise<void> {
  const [persons, claims] = await Promise.all([
    lockPersons(unit, ids),
    wanted.claims ? loadClaims(unit, ids, wanted.claims) : [],
  ]);
  for (const person of persons) {
    person.areClaimsRead = wanted.claims !== undefined;
    register.persons.set(person.id, person);
  }
  for (const claim of claims) {
    register.claims.set(claimKey(claim.source, claim.localId), claim);
    if (claim.person === null) continue;
    register.noteHolder(claim.source, claim.localId, claim.person);
    register.persons.get(claim.person)?.claims.push(claim);
  }
}

/**
 * What became of the units that anything in the register is at. Read last, under the locks of persons and objects: whoever decides
 * about them after a succession was spread to them must know of it, or would undo it.
 */
export async function loadHistory(
  unit: UnitOfWork,
  register: Register,
  ...others: readonly string[]
): Promise<void> {
  const codes = new Set<string>(others);
  for (const { asserted } of register.claims.values()) {
    for (const { schoolUnit } of asserted.enrolments) codes.add(schoolUnit);
  }
  for (const { entity } of register.objects.values()) {
    const { schoolUnit } = (entity ?? {}) as { readonly schoolUnit?: string };
    if (schoolUnit !== undefined) codes.add(schoolUnit);
  }
  for (const known of register.units.values()) if ('code' in known) codes.add(known.code);
  for (const { code, owners, closed_on } of await findChangedUnits(unit, codes)) {
    register.history.note(code, owners, closed_on ?? undefined);
  }
}

/**
 * The duties of those whom a source drops, or who may be separated, since each goes with the record that holds it. Whoever changes one
 * must hold the person's lock, which is held here.
 */
async function loadDropped(unit: UnitOfWork, register: Register, needs: Needs): Promise<void> {
  const persons = new Set<string>();
  for (const { source, localId } of needs.dropped.values()) {
    const holder = register.holderIdOf(source, localId);
    if (holder !== undefined) persons.add(holder);
  }
  for (const id of separable(register, needs)) persons.add(id);
  noteObjects(register, await readAllDuties(unit, [...persons]));
}

/** Those whom the claims to be opened name, and whom the numbers name that are stated by them. */
function* separable(register: Register, { opened, identifiers }: Needs): Iterable<string> {
  for (const claim of opened) {
    const holder = register.claims.get(claim)?.person;
    if (holder) yield holder;
    for (const { kind, digest, statedBy } of identifiers.values()) {
      if (!statedBy.has(claim)) continue;
      for (const { person } of register.identifiers(kind, digest)) yield person;
    }
  }
}

function noteObjects(register: Register, objects: readonly ObjectRecord[]): void {
  for (const object of objects) {
    if (!register.objects.has(object.id)) register.objects.set(object.id, object);
  }
}

/**
 * Where a duty at a unit that has changed owner is decided about: what else the person is said to do there. Asked only then. Whoever
 * changes it must hold the person's lock, which is held here.
 */
async function loadDutiesBeside(unit: UnitOfWork, register: Register, needs: Needs): Promise<void> {
  const units = register.history.carriedUnits;
  if (units.length === 0) return;
  const persons = new Set<string>();
  for (const { source, localId } of needs.dutyHolders.values()) {
    const holder = register.holderIdOf(source, localId);
    if (holder !== undefined) persons.add(holder);
  }
  for (const { kind, person } of register.objects.values()) {
    if (kind === 'duty' && person !== null) persons.add(person);
  }
  noteObjects(register, await readDuties(unit, [...persons], units));
}

/** Another batch has merged somebody between the two readings. The code is PostgreSQL's for a serialisation failure: it is tried again. */
class LostPerson extends Error {
  readonly code = '40001';
}

function refuseEnded({ persons }: Register, named: readonly string[]): void {
  if (!named.some((id) => persons.get(id)?.isEnded)) return;
  throw new LostPerson('A person was merged by another batch; the batch is tried again.');
}

/** Another batch has given a record another identity between the two readings: what is said of it must not be said of the old one. */
function refuseMoved({ claims }: Register, holders: readonly HolderRow[]): void {
  const isMoved = ({ source, local_id, person }: HolderRow): boolean =>
    person !== null && claims.get(claimKey(source, local_id))?.person !== person;
  if (!holders.some(isMoved)) return;
  throw new LostPerson('A record came to mean another person; the batch is tried again.');
}

function asUnit(row: Awaited<ReturnType<typeof findUnits>>[number]) {
  return row.owners === null ? { unknownCode: row.code } : { code: row.code, owners: row.owners };
}

/** Writes what changed, one statement per table; persons first, since claims and identifiers refer to them. */
export function saveRegister(unit: UnitOfWork, register: Register): void {
  tellHeldStatuses(unit, register.persons.values());
  eraseRows(unit, register.erasures);
  savePersons(unit, changedOf(register.persons.values()));
  saveRemovals(unit, register.removals);
  saveClaims(unit, changedOf(register.claims.values()));
  saveIdentifiers(unit, changedOf(register.allIdentifiers));
  saveObjects(unit, changedOf(register.objects.values()));
  saveOrganisations(unit, changedOf(register.organisations.values()));
  saveOrganisationCounts(unit, changedOf(register.organisationCounts.values()));
  saveSchoolUnits(unit, changedOf(register.schoolUnits.values()));
  beginSuccessions(unit, [...register.successions.values()]);
  saveQuestions(unit, [...register.questions.values()]);
}

function changedOf<Item extends { isChanged: boolean }>(records: Iterable<Item>): Item[] {
  return [...records].filter(({ isChanged }) => isChanged);
}
