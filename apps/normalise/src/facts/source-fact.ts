import { causationOf, type SecurityMarking, type SourceSetting } from '#canonical';
import type { AccountAsserted, Fact, PersonAsserted, TestReported } from '#adapters';
import type { ReceivedEvent } from '#stage';
import { believedInstant, type ClaimVersion, type Receipt } from '../claim/order-claims.js';
import { checkCivicNumber, type CivicNumberCheck } from '../identity/check-civic-number.js';
import { eppnDigest, numberDigest, objectId } from '../register/hub-ids.js';
import { OBJECT_KINDS, type ObjectKind } from '../register/records.js';
import type { RegisterKeys } from '../register/register-keys.js';

/** A fact with all that can be computed of it before anything is read: versions, digests, ids. */
export interface SourceFact<OneFact extends Fact = Fact> {
  readonly event: ReceivedEvent;
  readonly cause: string;
  readonly fact: OneFact;
  readonly source: SourceSetting;
  /** Owner of the source; empty for a national source. */
  readonly huvudman: string;
  readonly version: ClaimVersion;
  /** The hub's id of the duty, group, activity, presence report or organisation; empty for other facts. */
  readonly objectId: string;
  readonly securityMarking: SecurityMarking;
  readonly number: CivicNumberCheck | null;
  readonly numberDigest: string | null;
  readonly eppnDigests: readonly string[];
}

export function prepareFact(
  event: ReceivedEvent,
  fact: Fact,
  from: { readonly source: SourceSetting; readonly receipt: Receipt; readonly keys: RegisterKeys },
): SourceFact {
  const { source, receipt, keys } = from;
  const securityMarking = statedMarking(fact, source);
  const number =
    fact.kind === 'person-asserted' && fact.civicNo ? checkCivicNumber(fact.civicNo) : null;
  const kind = objectKindOf(fact);
  return {
    event,
    cause: causationOf(event.envelope),
    fact,
    source,
    huvudman: source.huvudman ?? '',
    version: {
      modified: believedInstant(fact.modified, receipt),
      sequence: event.envelope.sequence ?? null,
      deleted: isRemoval(fact),
      content: contentDigest(fact, securityMarking, keys),
    },
    objectId: kind === undefined ? '' : objectId(keys, kind, source.id, fact.localId),
    securityMarking,
    number,
    numberDigest: number?.ok ? numberDigest(keys, number.number.text) : null,
    eppnDigests: eppnsOf(fact).map((eppn) => eppnDigest(keys, eppn)),
  };
}

/** Where a source says nothing of a marking, and says it nowhere else either that the hub reads, unknown means protected (design §8). */
const UNKNOWN_MARKINGS = new Set(['not-stated', 'separate-list']);

/** The source's word; where it has none, its contract decides what that means. */
function statedMarking(fact: Fact, source: SourceSetting): SecurityMarking {
  if (fact.kind !== 'person-asserted') return 'Ingen';
  if (fact.securityMarking !== undefined) return fact.securityMarking;
  return UNKNOWN_MARKINGS.has(source.contract.marking) ? 'Sekretessmarkering' : 'Ingen';
}

function isRemoval(fact: Fact): boolean {
  switch (fact.kind) {
    case 'person-removed':
    case 'duty-removed':
    case 'group-removed':
    case 'activity-removed':
    case 'organisation-removed':
    case 'presence-cancelled':
      return true;
    case 'account-asserted':
      return fact.state === 'deleted';
    default:
      return false;
  }
}

/** Everything but the time; keyed, since names and civic numbers are in it. */
function contentDigest(fact: Fact, marking: SecurityMarking, keys: RegisterKeys): string {
  const text = JSON.stringify([marking, { ...fact, modified: undefined }]);
  return keys.digest('claim-content', text);
}

function objectKindOf(fact: Fact): ObjectKind | 'organisation' | undefined {
  const [kind] = fact.kind.split('-') as [string];
  if (kind === 'organisation') return kind;
  return OBJECT_KINDS.find((known) => known === kind);
}

function eppnsOf(fact: Fact): readonly string[] {
  switch (fact.kind) {
    case 'person-asserted':
      return fact.eppns;
    case 'account-asserted':
      return fact.eppn === null ? [] : [fact.eppn];
    case 'test-reported':
      return [fact.eppn];
    default:
      return [];
  }
}

export type PersonFact = SourceFact<PersonAsserted>;
export type AccountFact = SourceFact<AccountAsserted>;
export type TestFact = SourceFact<TestReported>;
