import { isDeepStrictEqual } from 'node:util';
import type { OrganisationAsserted, OrganisationRemoved } from '#adapters';
import { SCHEMAS, type OrganisationState } from '#canonical';
import { orderClaims } from '../claim/order-claims.js';
import type { SourceFact } from '../facts/source-fact.js';
import { unitReference } from '../register/hub-ids.js';
import { claimKey, type OrganisationRecord } from '../register/records.js';
import type { Deciding } from './deciding.js';
import type { Register } from '../register/register.js';
import { findOrganisationId } from './organisation-id.js';
import { announceThing, announced, filtered, outdated, parked, type Announcement, type Verdict } from './verdict.js'; // prettier-ignore

/**
 * A source names its organisations. For a school unit this says which code the source's id stands for; what the unit is, and whose,
 * the national register alone says. Other organisations are the source's own to tell of; the huvudman itself is one organisation, in
 * whichever of its sources it stands, and is what the source says that changed it last.
 */
export function decideOrganisation(
  item: SourceFact<OrganisationAsserted>,
  deciding: Deciding,
): Verdict {
  const { fact, huvudman, objectId, version } = item;
  const { register } = deciding;
  const held = register.organisations.get(claimKey(item.source.id, fact.localId));
  const order = orderClaims(version, held);
  if (order !== 'newer') return outdated(order, held?.state?.id ?? objectId);
  const id = findOrganisationId(item, deciding);
  if (!id.ok) return parked(id.reason);
  const isOwn = fact.schoolUnitCode === undefined && huvudman !== '';
  const state = isOwn ? stateOf(item, id.value) : null;
  const isSame = held !== undefined && !held.deleted && held.content === version.content;
  if (isSame && (held.state === null || isOfSame(held.state, state))) {
    Object.assign(held, version, { isChanged: true });
    return filtered('filtered:unchanged', id.value);
  }
  const before = standing([held?.state, state], register);
  const record = putOrganisation(item, fact.schoolUnitCode ?? null, state, deciding);
  deciding.arrivals.add(unitReference(fact.localId));
  const announcements = announceStanding(record, before, register);
  if (announcements.length > 0) return announced(id.value, announcements);
  if (state !== null) return filtered('filtered:unchanged', id.value);
  return filtered('filtered:irrelevant', objectId, 'the unit’s code is noted');
}

export function decideOrganisationRemoved(
  item: SourceFact<OrganisationRemoved>,
  deciding: Deciding,
): Verdict {
  const { fact, objectId } = item;
  const { register } = deciding;
  const held = register.organisations.get(claimKey(item.source.id, fact.localId));
  const order = orderClaims(item.version, held);
  const id = held?.state?.id ?? objectId;
  if (order !== 'newer') return outdated(order, id);
  const before = standing([held?.state], register);
  const record = putOrganisation(item, held?.schoolUnitCode ?? null, held?.state ?? null, deciding);
  const announcements = announceStanding(record, before, register);
  if (announcements.length > 0) return announced(id, announcements);
  return filtered('filtered:irrelevant', id, 'the unit’s code is forgotten');
}

function stateOf(
  { fact, huvudman }: SourceFact<OrganisationAsserted>,
  id: string,
): OrganisationState {
  return {
    id,
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

/** An organisation as one huvudman states it. */
type Stated = Pick<OrganisationState, 'id' | 'huvudman'>;

function isOfSame(one: Stated, other: Stated | null): boolean {
  return one.id === other?.id && one.huvudman === other.huvudman;
}

/** What is said of an organisation now: the newest that a source of its huvudman says, whichever came first. */
interface Standing extends Stated {
  readonly state: OrganisationState | null;
}

function standing(
  stated: readonly (OrganisationState | null | undefined)[],
  register: Register,
): Standing[] {
  const [one, other] = stated;
  const isOne = one && other && isOfSame(one, other);
  return [one, isOne ? null : other].flatMap((of) =>
    of ? [{ id: of.id, huvudman: of.huvudman, state: newestOf(of, register) }] : [],
  );
}

/** A number that was another huvudman's before may still stand in that one's records: they do not count. */
function newestOf(stated: Stated, register: Register): OrganisationState | null {
  const [newest] = recordsOf(stated.id, register).filter(({ state }) => isOfSame(stated, state)).sort(byNewest); // prettier-ignore
  return newest?.state ?? null;
}

/** What sources say of one organisation and have not taken back. */
function recordsOf(id: string, { organisations }: Register): OrganisationRecord[] {
  return [...organisations.values()].filter(({ state, deleted }) => state?.id === id && !deleted);
}

function byNewest(one: OrganisationRecord, other: OrganisationRecord): number {
  if (one.modified !== other.modified) return one.modified > other.modified ? -1 : 1;
  return claimKey(one.source, one.localId) < claimKey(other.source, other.localId) ? -1 : 1;
}

/**
 * Tells what has become another: under an id that its huvudman states no more the organisation closes. Where the id is another
 * huvudman's by now, it was told so when that one stated it, and to close it would take it from the one that has it.
 */
function announceStanding(
  record: OrganisationRecord,
  before: readonly Standing[],
  register: Register,
): Announcement[] {
  return before.flatMap((was) => {
    const state = newestOf(was, register);
    const verb = verbOf(was.state, state);
    if (verb === undefined) return [];
    if (state === null && recordsOf(was.id, register).length > 0) return [];
    return [announceOrganisation(record, (state ?? was.state)!, { verb, register })];
  });
}

type Verb = 'registered' | 'changed' | 'closed';

function verbOf(
  before: OrganisationState | null,
  after: OrganisationState | null,
): Verb | undefined {
  if (before === null) return after === null ? undefined : 'registered';
  if (after === null) return 'closed';
  if (isDeepStrictEqual(before, after)) return undefined;
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

/**
 * An organisation's events are counted by its id, so that each has a number of its own whichever record caused it, and the count goes on
 * when nobody has stated the id for a while: a reader takes a lower number for an older event.
 */
function announceOrganisation(
  record: OrganisationRecord,
  organisation: OrganisationState,
  { verb, register }: { readonly verb: Verb; readonly register: Register },
): Announcement {
  const { id } = organisation;
  const count = register.organisationCounts.get(id) ?? { id, emitted: 0, isChanged: true };
  register.organisationCounts.set(id, count);
  // Of an id of its own a record may have counted before there was this count.
  count.emitted = Math.max(count.emitted, record.emitted);
  const announcement = announceThing(count, {
    type: `se.elevnav.organisation.${verb}`,
    subject: id,
    dataschema: SCHEMAS.organisation.dataschema,
    data: { organisation },
  });
  Object.assign(record, { emitted: count.emitted, isChanged: true });
  return announcement;
}
