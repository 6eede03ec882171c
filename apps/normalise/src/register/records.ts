import type { OrganisationState, PersonState } from '#canonical';
import type { Claim, ClaimContent, ClaimKind } from '../claim/claim-content.js';
import type { ClaimVersion } from '../claim/order-claims.js';
import type { CivicNumber } from '../identity/check-civic-number.js';
import type { IdentityAnswer, StatedIdentity } from '../identity/resolve-identity.js';
import type { UnitOwner } from '../succession/unit-owners.js';

/** Rows of the register while a batch is decided in memory. `isNew`: no row yet. `isChanged`: to be written at the end. */
interface Tracked {
  isNew: boolean;
  isChanged: boolean;
}

export interface PersonRecord extends Tracked {
  readonly id: string;
  readonly wrappedKey: Buffer;
  /** How many canonical events have been said of the person: the number of their `sequence`. */
  emitted: number;
  /** As last announced; replaced, never altered. Null until the first claim is decided. */
  state: PersonState | null;
  /** Only a state that changed is written: a report about a person changes no more than how many events were said. */
  isStateChanged: boolean;
  /** It turned out to be another person, whose rows all of this one's are. */
  isEnded: boolean;
  /** Persons from whom a human has separated this one: only a human joins them again. */
  apartFrom: readonly string[];
  readonly claims: ClaimRecord[];
  /** Of one who was read: whether the claims were too. */
  areClaimsRead?: boolean;
  /** Since when a death or emigration that one register states is held; null while none is. */
  statusHeldSince?: Date | null;
}

export interface ClaimRecord extends Tracked, ClaimVersion {
  readonly source: string;
  readonly localId: string;
  /** Null for a deletion of what was never known: kept so that older news of it stays deleted. */
  person: string | null;
  huvudman: string;
  kind: ClaimKind;
  modified: string;
  sequence: string | null;
  deleted: boolean;
  content: string;
  asserted: ClaimContent;
  /** What the claim asserted when it was read: only a change is written. */
  readonly stored?: { readonly asserted: ClaimContent; readonly sealed: Buffer | null };
  /** Names, civic number and birth date, sealed with the person's key; null for an account. */
  sealed: Buffer | null;
  /** Keyed hash, in hex, of what is sealed: only what changed is sealed again. */
  sealedDigest: string | null;
  /** Digest, in hex, of the civic number that the claim states, and its kind. */
  numberDigest: string | null;
  numberKind: CivicNumber['kind'] | null;
  /** In the clear while the batch is decided, if it was stated or opened in it. */
  identity?: StatedIdentity;
}

/** What a human has answered about one number under one local id. */
export interface AnswerRecord {
  readonly source: string;
  readonly localId: string;
  /** In hex. About another number, the question is open again. */
  readonly numberDigest: string;
  readonly answer: IdentityAnswer;
}

/** What a human is asked about a claim; the event that asks is parked until it is answered. */
export interface QuestionRecord {
  readonly id: string;
  readonly source: string;
  readonly localId: string;
  /** In hex. */
  readonly numberDigest: string;
}

/** What a source says of one of its records; `holder` null: all of which the hub does not keep the record that it is about. */
export type RecordObjects = Pick<ObjectRecord, 'source' | 'holder'>;

/** Rows of one person that are another's from now on. */
export interface Removal {
  readonly from: string;
  readonly to: string;
  /** Which duties and reports go; null when all of them do, since the two were one. */
  readonly objects: readonly RecordObjects[] | null;
  /** Whose EPPNs go, those that were let go included. */
  readonly huvudmen: readonly string[];
  readonly identifiers: Pick<IdentifierRecord, 'kind' | 'digest' | 'scope'>[];
}

export type IdentifierKind = 'civic' | 'eppn';

export interface IdentifierRecord extends Tracked {
  readonly kind: IdentifierKind;
  readonly digest: string;
  /** Empty, or the one huvudman within which the identifier means anything. */
  readonly scope: string;
  person: string;
  /** False once no claim states it any more: it still finds its person, and yields to the next who claims it. */
  held: boolean;
  /** Whose source gave an EPPN; null for a number, and where it has not been read. */
  huvudman: string | null;
  /** Who had it before, as it was read and since within the batch: a change is written over nobody else. */
  had: readonly string[];
}

/** Says that an identifier is another person's from now on. */
export function handOver(identifier: IdentifierRecord, person: string): void {
  const had = [...identifier.had, identifier.person];
  Object.assign(identifier, { person, had, isChanged: true });
}

export const OBJECT_KINDS = ['duty', 'group', 'activity', 'presence'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** A duty, group, activity or presence report: an object that one source owns. */
export interface ObjectRecord extends Tracked, ClaimVersion {
  /** The hub's id, derived from kind, source and local id. */
  readonly id: string;
  readonly kind: ObjectKind;
  readonly source: string;
  person: string | null;
  /** Of a duty: the local id of its person in its source. Null of other kinds, and where it was read before the hub kept it. */
  holder: string | null;
  modified: string;
  sequence: string | null;
  deleted: boolean;
  content: string;
  /** The entity in the shared language; null for a deletion of what was never known. */
  entity: unknown;
  emitted: number;
}

/** What one source calls a unit, school or huvudman. */
export interface OrganisationRecord extends Tracked, ClaimVersion {
  readonly source: string;
  readonly localId: string;
  schoolUnitCode: string | null;
  modified: string;
  sequence: string | null;
  deleted: boolean;
  content: string;
  state: OrganisationState | null;
  /** The number of the last event that this record caused, of whichever organisation. */
  emitted: number;
}

/** How many events there have been of an organisation, whoever states its id now, or nobody. */
export interface OrganisationCount {
  readonly id: string;
  emitted: number;
  isChanged: boolean;
}

/** A school unit of the national register. */
export interface SchoolUnitRecord extends Tracked, ClaimVersion {
  readonly code: string;
  /** Skolverket's id of the unit (standards §2.4). */
  readonly id: string;
  /** Of the present owner: the last of `owners`. */
  organisationNumber: string;
  /** Who has owned the unit, one after the other. */
  owners: readonly UnitOwner[];
  status: SchoolUnitStatus;
  modified: string;
  sequence: string | null;
  content: string;
  unit: SchoolUnitContent;
  emitted: number;
}

export type SchoolUnitStatus = 'AKTIV' | 'VILANDE' | 'UPPHORT' | 'PLANERAD';
export type SchoolUnitContent = Omit<OrganisationState, 'id' | 'huvudman' | 'organisationType'>;

export function claimKey(source: string, localId: string): string {
  return `${source}\n${localId}`;
}

/** A claim as the pure rules see it. */
export function asClaim(record: ClaimRecord): Claim {
  return { ...record, content: record.asserted };
}
