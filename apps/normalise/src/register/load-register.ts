import type { UnitOfWork } from '#stage';
import { findHolders, loadClaims, saveClaims } from './claim.store.js';
import { findIdentifiers, saveIdentifiers } from './identifier.store.js';
import type { Needs } from './needs.js';
import { lockObjects, saveObjects } from './object.store.js';
import { lockOrganisations, saveOrganisations } from './organisation.store.js';
import { lockPersons, savePersons } from './person.store.js';
import { claimKey } from './records.js';
import type { RegisterKeys } from './register-keys.js';
import { Register } from './register.js';
import { findUnits, lockSchoolUnits, saveSchoolUnits } from './school-unit.store.js';

/**
 * Reads all that a batch touches, one query per table, and locks it in one order everywhere: organisations, school units, objects,
 * persons. What is read before the persons are locked only says whom to lock; their claims are read under the lock.
 */
export async function loadRegister(
  unit: UnitOfWork,
  needs: Needs,
  keys: RegisterKeys,
): Promise<Register> {
  const register = new Register(keys);
  for (const organisation of await lockOrganisations(unit, needs)) {
    register.organisations.set(claimKey(organisation.source, organisation.localId), organisation);
  }
  for (const schoolUnit of await lockSchoolUnits(unit, needs)) {
    register.schoolUnits.set(schoolUnit.code, schoolUnit);
  }
  for (const row of await findUnits(unit, needs))
    register.units.set(claimKey(row.source, row.ref), asUnit(row));
  for (const object of await lockObjects(unit, needs.objects))
    register.objects.set(object.id, object);
  await loadPersons(unit, needs, register);
  return register;
}

async function loadPersons(unit: UnitOfWork, needs: Needs, register: Register): Promise<void> {
  const holders = await findHolders(unit, needs);
  const touched = new Set<string>();
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
  for (const identifier of await findIdentifiers(unit, needs)) {
    register.putIdentifier(identifier);
    touched.add(identifier.person);
    // Whoever is named by the number of a claim that is not theirs yet may have to be compared with whom that claim states.
    const { statedBy } = needs.identifiers.get(identifier.digest)!;
    if ([...statedBy].some((claim) => holderOf.get(claim) !== identifier.person))
      opened.add(identifier.person);
  }
  for (const { person } of register.objects.values()) if (person !== null) touched.add(person);
  for (const person of await lockPersons(unit, [...touched]))
    register.persons.set(person.id, person);
  if (!needs.claims) return;
  const unheld = holders.filter(({ person }) => person === null);
  for (const claim of await loadClaims(unit, [...register.persons.keys()], {
    unheld,
    opened: [...opened],
  })) {
    register.claims.set(claimKey(claim.source, claim.localId), claim);
    if (claim.person === null) continue;
    register.noteHolder(claim.source, claim.localId, claim.person);
    register.persons.get(claim.person)?.claims.push(claim);
  }
}

function asUnit(row: Awaited<ReturnType<typeof findUnits>>[number]) {
  return row.organisation_number === null
    ? { unknownCode: row.code }
    : { code: row.code, organisationNumber: row.organisation_number };
}

/** Writes what changed, one statement per table; persons first, since claims and identifiers refer to them. */
export async function saveRegister(unit: UnitOfWork, register: Register): Promise<void> {
  await savePersons(unit, changedOf(register.persons.values()));
  await saveClaims(unit, changedOf(register.claims.values()));
  await saveIdentifiers(unit, changedOf(register.allIdentifiers));
  await saveObjects(unit, changedOf(register.objects.values()));
  await saveOrganisations(unit, changedOf(register.organisations.values()));
  await saveSchoolUnits(unit, changedOf(register.schoolUnits.values()));
}

function changedOf<Item extends { isChanged: boolean }>(records: Iterable<Item>): Item[] {
  return [...records].filter(({ isChanged }) => isChanged);
}
