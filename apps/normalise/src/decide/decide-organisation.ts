import type { OrganisationAsserted, OrganisationRemoved } from '#adapters';
import { SCHEMAS, type OrganisationState } from '#canonical';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { unitReference } from '../register/hub-ids.js';
import { claimKey, type OrganisationRecord } from '../register/records.js';
import type { Deciding } from './deciding.js';
import { announceThing, announced, filtered, outdated, type Verdict } from './verdict.js';

/**
 * A source names its organisations. For a school unit this says which code the source's id stands for; what the unit is, and whose,
 * the national register alone says. Other organisations are the source's own to tell of.
 */
export function decideOrganisation(
  item: SourceFact<OrganisationAsserted>,
  deciding: Deciding,
): Verdict {
  const { fact, huvudman, objectId, version } = item;
  const held = deciding.register.organisations.get(claimKey(item.source.id, fact.localId));
  const order = orderClaims(version, held);
  if (order !== 'newer') return outdated(order, objectId);
  if (held !== undefined && !held.deleted && held.content === version.content) {
    Object.assign(held, version, { isChanged: true });
    return filtered('filtered:unchanged', objectId);
  }
  const state = fact.schoolUnitCode === undefined && huvudman !== '' ? stateOf(item) : null;
  const before = held === undefined || held.deleted ? null : held.state;
  const record = putOrganisation(item, fact.schoolUnitCode ?? null, state, deciding);
  deciding.arrivals.add(unitReference(fact.localId));
  if (state === null) return filtered('filtered:irrelevant', objectId, 'the unit’s code is noted');
  const type = `se.elevnav.organisation.${verbOf(before, state)}` as const;
  return announced(objectId, [announceOrganisation(record, state, type)]);
}

export function decideOrganisationRemoved(
  item: SourceFact<OrganisationRemoved>,
  deciding: Deciding,
): Verdict {
  const { fact, objectId } = item;
  const held = deciding.register.organisations.get(claimKey(item.source.id, fact.localId));
  const order = orderClaims(item.version, held);
  if (order !== 'newer') return outdated(order, objectId);
  const state = held === undefined || held.deleted ? null : held.state;
  const record = putOrganisation(item, held?.schoolUnitCode ?? null, state, deciding);
  if (state === null)
    return filtered('filtered:irrelevant', objectId, 'the unit’s code is forgotten');
  return announced(objectId, [
    announceOrganisation(record, state, 'se.elevnav.organisation.closed'),
  ]);
}

function stateOf({
  fact,
  huvudman,
  objectId,
}: SourceFact<OrganisationAsserted>): OrganisationState {
  return {
    id: objectId,
    organisationType: fact.organisationType,
    displayName: fact.displayName,
    huvudman,
    schoolTypes: fact.schoolTypes,
    ...(fact.municipalityCode === undefined
      ? undefined
      : { municipalityCode: fact.municipalityCode }),
    ...(fact.startDate === undefined ? undefined : { startDate: fact.startDate }),
    ...(fact.endDate === undefined ? undefined : { endDate: fact.endDate }),
  };
}

function verbOf(
  before: OrganisationState | null,
  after: OrganisationState,
): 'registered' | 'changed' | 'closed' {
  if (before === null) return 'registered';
  return before.endDate === undefined && after.endDate !== undefined ? 'closed' : 'changed';
}

function putOrganisation(
  { source, fact, version }: SourceFact<OrganisationAsserted> | SourceFact<OrganisationRemoved>,
  schoolUnitCode: string | null,
  state: OrganisationState | null,
  { register }: Deciding,
): OrganisationRecord {
  const key = claimKey(source.id, fact.localId);
  const held = register.organisations.get(key);
  if (held !== undefined)
    return Object.assign(held, version, { schoolUnitCode, state, isChanged: true });
  const record: OrganisationRecord = {
    source: source.id,
    localId: fact.localId,
    schoolUnitCode,
    state,
    ...version,
    emitted: 0,
    isNew: true,
    isChanged: true,
  };
  register.organisations.set(key, record);
  return record;
}

function announceOrganisation(
  record: OrganisationRecord,
  organisation: OrganisationState,
  type: `se.elevnav.organisation.${'registered' | 'changed' | 'closed'}`,
) {
  return announceThing(record, {
    type,
    subject: organisation.id,
    dataschema: SCHEMAS.organisation.dataschema,
    data: { organisation },
  });
}
