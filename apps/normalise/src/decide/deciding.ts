import type { ParkReason } from '#stage';
import type { RegisterSources } from '../facts/register-sources.js';
import type { SourceFact } from '../facts/source-fact.js';
import type { RegisterSettings } from '../facts/translate-events.js';
import { personReference, unitReference } from '../register/hub-ids.js';
import { claimKey, type PersonRecord } from '../register/records.js';
import { mayAssert } from '../succession/unit-owners.js';
import type { Register } from '../register/register.js';
import { nationalId, type Day } from '#canonical';
import { missingReference, unitNotOfSource, unitNotYours } from './park-reasons.js';

/** What every decision of a batch may look at and add to. No decision does input or output. */
export interface Deciding {
  readonly register: Register;
  readonly settings: Pick<RegisterSettings, 'huvudman' | 'huvudmen' | 'retention'>;
  /** The day in Sweden on which the batch is decided. */
  readonly today: Day;
  readonly registers: RegisterSources;
  /** References that have come to be known: what is parked for one of them is tried again after the batch. */
  readonly arrivals: Set<string>;
}

export type Found<Thing> =
  | { readonly ok: true; readonly value: Thing }
  | { readonly ok: false; readonly reason: ParkReason };

/**
 * The code of a unit that a source refers to, if the national register gives that unit to the source's huvudman (design §5), or did
 * on the day that is spoken of. A source whose setting names units may speak of those only.
 */
export function findUnit(
  { source, huvudman, version }: SourceFact,
  ref: string,
  at: { readonly pointer: string; readonly startDate: string },
  { register, settings }: Deciding,
): Found<string> {
  const { pointer, startDate } = at;
  const unit = register.units.get(claimKey(source.id, ref));
  if (unit === undefined || 'unknownCode' in unit) {
    const awaits = unitReference(unit === undefined ? ref : nationalId(unit.unknownCode));
    const says =
      'expected a unit that the source’s organisations or the national register of school units name; send the unit first';
    return { ok: false, reason: missingReference(source.id, pointer, awaits, says) };
  }
  const awaits = unitReference(nationalId(unit.code));
  const organisationNumber = settings.huvudman(huvudman)?.organisationNumber;
  if (!mayAssert(unit.owners, organisationNumber, { startDate, modified: version.modified })) {
    return { ok: false, reason: unitNotYours(unit.code, pointer, awaits) };
  }
  if (source.units?.includes(unit.code) === false) {
    return { ok: false, reason: unitNotOfSource(source.id, unit.code, { pointer, awaits }) };
  }
  return { ok: true, value: unit.code };
}

/** The person of a local id in the source itself, or in the student registers of the same huvudman. */
export function findPerson(
  item: SourceFact,
  localId: string,
  pointer: string,
  deciding: Deciding,
): Found<PersonRecord> {
  for (const source of registersOf(item, deciding)) {
    const person = deciding.register.holderOf(source, localId);
    if (person !== undefined) return { ok: true, value: person };
  }
  return unknownPerson(item, localId, pointer, deciding);
}

/** As `findPerson`, for somebody who is only mentioned: the id. */
export function findPersonId(
  item: SourceFact,
  localId: string,
  pointer: string,
  deciding: Deciding,
): Found<string> {
  for (const source of registersOf(item, deciding)) {
    const id = deciding.register.holderIdOf(source, localId);
    if (id !== undefined) return { ok: true, value: id };
  }
  return unknownPerson(item, localId, pointer, deciding);
}

function registersOf({ source, huvudman }: SourceFact, { registers }: Deciding): readonly string[] {
  return source.sourceKind === 'elevregister' ? [source.id] : registers.of(huvudman);
}

function unknownPerson(
  { source, huvudman }: SourceFact,
  localId: string,
  pointer: string,
  { register }: Deciding,
): Found<never> {
  const awaits = personReference(register.keys, huvudman, localId);
  const says =
    'expected a person that the huvudman’s student register has sent; send the person first';
  return { ok: false, reason: missingReference(source.id, pointer, awaits, says) };
}
