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
  const isSame = held !== undefined && !held.deleted && held.content === version.content;
  if (isSame && (held.state === null || held.state.id === id.value)) {
    Object.assign(held, version, { isChanged: true });
    return filtered('filtered:unchanged', id.value);
  }
  const isOwn = fact.schoolUnitCode === undefined && huvudman !== '';
  const state = isOwn ? stateOf(item, id.value) : null;
  const ids = idsOf(held?.state?.id, state?.id);
  const before = standing(ids, register);
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
  const before = standing(idsOf(held?.state?.id), register);
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

function idsOf(...ids: readonly (string | undefined)[]): string[] {
  return [...new Set(ids.flatMap((id) => id ?? []))];
}

/** What is said of an organisation in all the sources that name it. */
function recordsOf(id: string, { organisations }: Register): OrganisationRecord[] {
  return [...organisations.values()].filter(({ state }) => state?.id === id);
}

/** Of what the sources say of one organisation the newest stands, whichever came first. */
function standing(
  ids: readonly string[],
  register: Register,
): Map<string, OrganisationState | null> {
  return new Map(
    ids.map((id) => {
      const [newest] = recordsOf(id, register).filter(({ deleted }) => !deleted).sort(byNewest); // prettier-ignore
      return [id, newest?.state ?? null];
    }),
  );
}

function byNewest(one: OrganisationRecord, other: OrganisationRecord): number {
  if (one.modified !== other.modified) return one.modified > other.modified ? -1 : 1;
  return claimKey(one.source, one.localId) < claimKey(other.source, other.localId) ? -1 : 1;
}

/** Tells what has become another: under an id that nobody states any more the organisation closes. */
function announceStanding(
  record: OrganisationRecord,
  before: ReadonlyMap<string, OrganisationState | null>,
  register: Register,
): Announcement[] {
  const now = standing([...before.keys()], register);
  return [...before].flatMap(([id, was]) => {
    const is = now.get(id)!;
    const verb = verbOf(was, is);
    return verb === undefined
      ? []
      : [announceOrganisation(record, (is ?? was)!, { verb, register })];
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

/** All records of one organisation count its events together, so that each has a number of its own whichever source caused it. */
function announceOrganisation(
  record: OrganisationRecord,
  organisation: OrganisationState,
  { verb, register }: { readonly verb: Verb; readonly register: Register },
): Announcement {
  const records = new Set([record, ...recordsOf(organisation.id, register)]);
  record.emitted = Math.max(...[...records].map(({ emitted }) => emitted));
  const announcement = announceThing(record, {
    type: `se.elevnav.organisation.${verb}`,
    subject: organisation.id,
    dataschema: SCHEMAS.organisation.dataschema,
    data: { organisation },
  });
  for (const one of records) Object.assign(one, { emitted: record.emitted, isChanged: true });
  return announcement;
}
