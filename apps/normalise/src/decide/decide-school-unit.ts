import type { SchoolUnitAsserted } from '#adapters';
import { SCHEMAS, nationalId, type OrganisationState } from '#canonical';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { unitReference } from '../register/hub-ids.js';
import type { SchoolUnitContent, SchoolUnitRecord } from '../register/records.js';
import type { Deciding } from './deciding.js';
import { announceThing, announced, filtered, outdated, type Verdict } from './verdict.js';

/** The national register says what a school unit is and who owns it; whatever waits for the unit may go on. */
export function decideSchoolUnit(
  item: SourceFact<SchoolUnitAsserted>,
  deciding: Deciding,
): Verdict {
  const { fact, version } = item;
  const { register, arrivals } = deciding;
  const id = nationalId(fact.code);
  const held = register.schoolUnits.get(fact.code);
  const order = orderClaims(version, held);
  if (order !== 'newer') return outdated(order, id);
  if (held !== undefined && held.content === version.content) {
    Object.assign(held, version, { isChanged: true });
    return filtered('filtered:unchanged', id);
  }
  const before = held && { status: held.status, organisationNumber: held.organisationNumber };
  const record = putSchoolUnit(item, id, deciding);
  arrivals.add(unitReference(id));
  const huvudman = deciding.settings
    .huvudmen()
    .find(({ organisationNumber }) => organisationNumber === fact.organisationNumber);
  if (huvudman === undefined) {
    return filtered('filtered:irrelevant', id, 'the unit belongs to no huvudman of the hub');
  }
  const organisation: OrganisationState = {
    id,
    organisationType: 'Skolenhet',
    huvudman: huvudman.id,
    ...record.unit,
  };
  const announcement = announceThing(record, {
    type: `se.elevnav.organisation.${verbOf(before, fact)}`,
    subject: id,
    schoolUnit: fact.code,
    dataschema: SCHEMAS.organisation.dataschema,
    data: { organisation },
  });
  return announced(id, [announcement]);
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
  const news = { ...version, organisationNumber, status, unit, isChanged: true };
  if (held !== undefined) return Object.assign(held, news);
  const record: SchoolUnitRecord = { code, id, emitted: 0, isNew: true, ...news };
  register.schoolUnits.set(code, record);
  return record;
}
