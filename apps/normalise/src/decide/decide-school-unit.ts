import type { SchoolUnitAsserted } from '#adapters';
import { SCHEMAS, egilId, nationalId, type OrganisationState } from '#canonical';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { unitReference } from '../register/hub-ids.js';
import type { SchoolUnitContent, SchoolUnitRecord } from '../register/records.js';
import type { Register } from '../register/register.js';
import { isSameSuccession, noteOwner, type UnitOwner } from '../succession/unit-owners.js';
import type { Deciding } from './deciding.js';
import { announceThing, announced, filtered, outdated, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/**
 * The national register says what a school unit is and who owns it; whatever waits for the unit may go on. When the owner is another
 * than before, all that is at the unit goes over to it; when the unit has closed, all that is there ends. That is many persons, so it is
 * noted, and spread afterwards (design §4).
 */
export function decideSchoolUnit(
  item: SourceFact<SchoolUnitAsserted>,
  deciding: Deciding,
): Verdict {
  const { fact, version } = item;
  const { register, arrivals } = deciding;
  const id = nationalId(fact.code);
  const held = register.schoolUnits.get(fact.code);
  const order = orderClaims(version, held);
  const owners = ownersAfter(item, held, order === 'newer');
  if (order !== 'newer') {
    if (held === undefined || owners === held.owners) return outdated(order, id);
    const isSame = isSameSuccession(held.owners, owners);
    Object.assign(held, { owners, isChanged: true });
    if (isSame) return outdated(order, id);
    // Whoever turns out to have had the unit may speak of that time.
    releaseWaiting(fact.code, arrivals);
    noteSuccession(item, held, register);
    return filtered('filtered:older', id, 'the day on which the owner changed is corrected');
  }
  if (held !== undefined && held.content === version.content) {
    Object.assign(held, version, { isChanged: true });
    return filtered('filtered:unchanged', id);
  }
  const before = held && { ...held };
  const record = putSchoolUnit(item, id, owners, deciding);
  releaseWaiting(fact.code, arrivals);
  const hasOtherOwner = before?.organisationNumber !== fact.organisationNumber;
  if (before !== undefined && (hasOtherOwner || closedOn(before) !== closedOn(record))) {
    noteSuccession(item, record, register);
  }
  const owner = huvudmanOf(fact.organisationNumber, deciding);
  if (owner !== undefined) {
    return announced(id, [announceUnit(record, owner, verbOf(before, fact))]);
  }
  // The owner that had it hears that it is no longer its own, whoever has it now.
  const former = before && huvudmanOf(before.organisationNumber, deciding);
  if (former !== undefined) return announced(id, [announceUnit(record, former, 'closed')]);
  return filtered('filtered:irrelevant', id, 'the unit belongs to no huvudman of the hub');
}

function releaseWaiting(code: string, arrivals: Deciding['arrivals']): void {
  for (const id of [nationalId(code), egilId(code)]) arrivals.add(unitReference(id));
}

function ownersAfter(
  { fact, version }: SourceFact<SchoolUnitAsserted>,
  held: SchoolUnitRecord | undefined,
  isNewest: boolean,
): readonly UnitOwner[] {
  const { organisationNumber } = fact;
  const reading = { organisationNumber, since: version.modified, isNewest };
  return noteOwner(held?.owners ?? [], reading, held?.modified ?? '');
}

function noteSuccession(
  { fact, event, cause, version }: SourceFact<SchoolUnitAsserted>,
  record: SchoolUnitRecord,
  register: Register,
): void {
  const { traceparent } = event.envelope;
  register.history.note(fact.code, record.owners, closedOn(record));
  register.successions.set(fact.code, {
    schoolUnit: fact.code,
    cause,
    ...(traceparent === undefined ? undefined : { traceparent }),
    toldAt: version.modified,
  });
}

/** The last day of a unit that has closed. One that rests (VILANDE) or is planned (PLANERAD) ends nothing: its sources say who is there. */
function closedOn({ status, unit }: SchoolUnitRecord): string | undefined {
  return status === 'UPPHORT' ? unit.endDate : undefined;
}

function huvudmanOf(organisationNumber: string, { settings }: Deciding): string | undefined {
  return settings.huvudmen().find((one) => one.organisationNumber === organisationNumber)?.id;
}

export function announceUnit(
  record: SchoolUnitRecord,
  huvudman: string,
  verb: 'registered' | 'changed' | 'closed' | 'succeeded',
): Announcement {
  const { id, code, unit } = record;
  const organisation: OrganisationState = {
    id,
    organisationType: 'Skolenhet',
    huvudman,
    ...unit,
  };
  return announceThing(record, {
    type: `se.elevnav.organisation.${verb}`,
    subject: id,
    schoolUnit: code,
    dataschema: SCHEMAS.organisation.dataschema,
    data: { organisation },
  });
}

function verbOf(
  before: Pick<SchoolUnitRecord, 'status' | 'organisationNumber'> | undefined,
  { status, organisationNumber }: SchoolUnitAsserted,
): 'registered' | 'changed' | 'closed' | 'succeeded' {
  if (before === undefined) return 'registered';
  if (status === 'UPPHORT' && before.status !== 'UPPHORT') return 'closed';
  return before.organisationNumber === organisationNumber ? 'changed' : 'succeeded';
}

function putSchoolUnit(
  { fact, version }: SourceFact<SchoolUnitAsserted>,
  id: string,
  owners: readonly UnitOwner[],
  { register }: Deciding,
): SchoolUnitRecord {
  const { code, organisationNumber, status } = fact;
  const unit: SchoolUnitContent = {
    displayName: fact.displayName,
    schoolUnitCode: code,
    schoolTypes: fact.schoolTypes,
    municipalityCode: fact.municipalityCode,
    ...(fact.startDate === undefined ? undefined : { startDate: fact.startDate }),
    ...(fact.endDate === undefined ? undefined : { endDate: fact.endDate }),
  };
  const held = register.schoolUnits.get(code);
  const news = { ...version, organisationNumber, owners, status, unit, isChanged: true };
  if (held !== undefined) return Object.assign(held, news);
  const record: SchoolUnitRecord = { code, id, emitted: 0, isNew: true, ...news };
  register.schoolUnits.set(code, record);
  return record;
}
