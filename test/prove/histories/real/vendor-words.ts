import { adapterNamed, type Adapter, type Fact, type PersonAsserted } from '#adapters';
import { nationalId, type SourceKind } from '#canonical';
import { unitData } from '../../faults/town-settings.js';
import type { Telling } from '../history.js';
import { SOURCES } from '../world.js';

/** An event as a vendor would send it. */
export interface VendorWords {
  readonly type: string;
  readonly data: object;
}

/** The adapter of each kind of source that takes part in histories. */
const ADAPTER_NAMES: Partial<Record<SourceKind, string>> = {
  elevregister: 'ss12000',
  'learning-platform': 'canvas',
  'test-platform': 'test-platform',
  'school-units': 'school-units',
};
const KIND_OF = new Map(SOURCES.map(({ id, sourceKind }) => [id, sourceKind]));

export function kindOf({ source }: Pick<Telling, 'source'>): SourceKind {
  return KIND_OF.get(source)!;
}

export function adapterOf(kind: SourceKind): Adapter {
  return adapterNamed(ADAPTER_NAMES[kind]!)!;
}

/**
 * A fact in the words of the system that tells it: the way back through an adapter, so that the hub hears what vendors really send.
 * Units go by Skolverket's ids, since student registers name them so.
 */
export function vendorWords({ fact }: Pick<Telling, 'fact'>): VendorWords {
  const { localId: id, modified } = fact;
  switch (fact.kind) {
    case 'person-asserted':
      return { type: 'ss12000.person.changed', data: personWords(fact) };
    case 'person-removed':
      return { type: 'ss12000.person.deleted', data: { id, deleted: modified } };
    case 'duty-asserted': {
      const { person, unit, dutyRole, startDate, endDate } = fact;
      const data = { id, meta: { modified }, person: { id: person }, dutyAt: { id: nationalId(unit) }, dutyRole, startDate, endDate }; // prettier-ignore
      return { type: 'ss12000.duty.changed', data };
    }
    case 'account-asserted': {
      const metadata = { event_name: 'user_updated', event_time: modified };
      const state = fact.state === 'deleted' ? 'deleted' : 'registered';
      const body = { user_id: id, user_login: fact.eppn, user_sis_id: fact.person, updated_at: modified, workflow_state: state }; // prettier-ignore
      return { type: 'canvas.user_updated', data: { metadata, body } };
    }
    case 'test-reported': {
      const { assignment, eppn, activity, state, at } = fact;
      const data = { assignmentId: assignment, eppn, activity, at };
      return { type: `test-platform.test.${state}`, data };
    }
    case 'school-unit-asserted':
      return { type: 'school-units.unit.changed', data: unitData(fact.code, fact, modified) };
    default:
      throw new Error(`Histories tell no ${fact.kind}.`);
  }
}

function personWords(fact: PersonAsserted): object {
  const { localId, modified, names, civicNo, birthDate, securityMarking, eppns } = fact;
  return {
    id: localId,
    meta: { modified },
    ...names,
    civicNo: { value: civicNo },
    birthDate,
    securityMarking,
    eduPersonPrincipalNames: eppns,
    enrolments: fact.enrolments.map(({ unit, ...enrolment }) => ({
      enroledAt: { id: nationalId(unit) },
      ...enrolment,
    })),
  };
}

/** What the adapter makes of those words: what the hub hears, and its twin in memory. */
export function heardFact(telling: Telling): Fact {
  const { type, data } = JSON.parse(JSON.stringify(vendorWords(telling))) as VendorWords;
  const translation = adapterOf(kindOf(telling)).translate({ type, data });
  if (!translation.ok)
    throw new Error(`Not what ${type} is: ${JSON.stringify(translation.issues)}`);
  const [fact] = translation.facts;
  return fact!;
}
