import type { PersonState } from '#canonical';
import {
  comparePersons,
  NO_NEWS,
  type PersonDifference,
  type PersonNews,
} from '../claim/compare-persons.js';
import { mergeClaims, type BesideClaims } from '../claim/merge-claims.js';
import type { StatedIdentity } from '../identity/resolve-identity.js';
import type { NewSuccession } from '../succession/succession.store.js';
import type { UnitHistory } from '../succession/unit-history.js';
import type { UnitOwner } from '../succession/unit-owners.js';
import { eppnDigest, personId } from './hub-ids.js';
import type { RegisterKeys } from './register-keys.js';
import {
  asClaim, claimKey, handOver,
  type AnswerRecord, type ClaimRecord, type IdentifierKind, type IdentifierRecord, type ObjectRecord, type OrganisationCount, type OrganisationRecord,
  type PersonRecord, type QuestionRecord, type Removal, type SchoolUnitRecord,
} from './records.js'; // prettier-ignore

/** A unit that a source refers to: its code and its owners by the national register. */
export interface KnownUnit {
  readonly code: string;
  readonly owners: readonly UnitOwner[];
}

export type IdentifierName = Pick<IdentifierRecord, 'kind' | 'digest' | 'scope'>;

/**
 * The part of the register that one batch touches, in memory. What is decided for one event is seen by the next, so two new facts
 * about one person meet here. It does no input or output: stores fill it, rules change it, stores write what changed.
 */
export class Register {
  readonly persons = new Map<string, PersonRecord>();
  readonly claims = new Map<string, ClaimRecord>();
  readonly objects = new Map<string, ObjectRecord>();
  readonly organisations = new Map<string, OrganisationRecord>();
  readonly organisationCounts = new Map<string, OrganisationCount>();
  readonly schoolUnits = new Map<string, SchoolUnitRecord>();
  readonly units = new Map<string, KnownUnit | { readonly unknownCode: string }>();
  /** What humans have answered, by claim. */
  readonly answers = new Map<string, AnswerRecord>();
  /** Asked by the batch. */
  readonly questions = new Map<string, QuestionRecord>();
  /** Persons of whom nothing is kept but that they were erased. */
  readonly erasures: string[] = [];
  /** Rows of persons that were merged or separated; what of them was not read is moved where it is stored. */
  readonly removals: Removal[] = [];
  /** Successions that came to be known in the batch, by school unit. */
  readonly successions = new Map<string, NewSuccession>();
  private readonly holders = new Map<string, string>();
  private readonly identifiersOf = new Map<string, IdentifierRecord[]>();

  constructor(
    readonly keys: RegisterKeys,
    readonly history: UnitHistory,
  ) {}

  /** The person whom a source's local id names. */
  holderOf(source: string, localId: string): PersonRecord | undefined {
    const person = this.holders.get(claimKey(source, localId));
    return person === undefined ? undefined : this.persons.get(person);
  }

  /** The id alone: for persons who are mentioned but not decided about, and so not loaded. */
  holderIdOf(source: string, localId: string): string | undefined {
    return this.holders.get(claimKey(source, localId));
  }

  noteHolder(source: string, localId: string, person: string): void {
    this.holders.set(claimKey(source, localId), person);
  }

  identifiers(kind: IdentifierKind, digest: string): readonly IdentifierRecord[] {
    return this.identifiersOf.get(digest)?.filter((record) => record.kind === kind) ?? [];
  }

  get allIdentifiers(): IdentifierRecord[] {
    return [...this.identifiersOf.values()].flat();
  }

  /** The person's duties that the batch has read: all where a source drops the person or they may be separated, else those at a unit that has changed owner. */
  dutiesOf(person: string): ObjectRecord[] {
    return [...this.objects.values()].filter((one) => one.kind === 'duty' && one.person === person);
  }

  putIdentifier(record: IdentifierRecord): void {
    const known = this.identifiersOf.get(record.digest);
    if (known === undefined) this.identifiersOf.set(record.digest, [record]);
    else known.push(record);
  }

  /** The person who holds the identifier now; undefined when nobody does. */
  holderOfIdentifier(wanted: IdentifierName): string | undefined {
    const record = this.identifierNamed(wanted);
    return record?.held ? record.person : undefined;
  }

  /**
   * Says that an identifier is this person's from now on.
   * @returns true when it was not before.
   * @throws Error when somebody else holds it: the caller must have asked `holderOfIdentifier`.
   */
  holdIdentifier(wanted: IdentifierName, person: string, huvudman: string | null = null): boolean {
    const record = this.identifierNamed(wanted);
    if (record === undefined) {
      const held = { ...wanted, person, huvudman, held: true, had: [] };
      this.putIdentifier({ ...held, isNew: true, isChanged: true });
      return true;
    }
    if (record.person === person && record.held) return false;
    if (record.held)
      throw new Error(`An identifier of kind ${wanted.kind} belongs to somebody else.`);
    handOver(record, person);
    Object.assign(record, { huvudman, held: true });
    return true;
  }

  /**
   * Gives one person's identifier to another, for persons who are separated. One that the batch has not read is moved where it is
   * stored; a number that nobody has becomes the other's, and what is a third's stays so.
   */
  moveIdentifier(wanted: IdentifierName, from: PersonRecord, to: PersonRecord): void {
    this.removalOf(from.id, to.id).identifiers.push(wanted);
    const record = this.identifierNamed(wanted);
    if (record?.person === from.id) {
      handOver(record, to.id);
      record.held = true;
    } else if (record === undefined && wanted.kind === 'civic') {
      this.holdIdentifier(wanted, to.id);
    }
  }

  /** What goes from one person to another, beside what the batch has read. */
  private removalOf(from: string, to: string): Removal {
    const known = this.removals.find(
      (one) => one.from === from && one.to === to && one.objects !== null,
    );
    if (known !== undefined) return known;
    const removal: Removal = { from, to, objects: [], huvudmen: [], identifiers: [] };
    this.removals.push(removal);
    return removal;
  }

  /** The person's identifiers of those that the batch has read. */
  identifiersOfPerson(person: string): IdentifierRecord[] {
    return this.allIdentifiers.filter((record) => record.person === person);
  }

  /** No claim states the identifier any more: it still finds the person, and yields to the next who claims it. */
  releaseIdentifier(wanted: IdentifierName, person: string): void {
    const record = this.identifierNamed(wanted);
    if (record === undefined) {
      const released = { ...wanted, person, huvudman: null, held: false, had: [] };
      this.putIdentifier({ ...released, isNew: false, isChanged: true });
    } else if (record.person === person) {
      record.held = false;
      record.isChanged = true;
    }
  }

  /**
   * Notes an EPPN that was the person's before: it finds the person, unless it is, or has been, somebody's already.
   * @returns true when it was unheard of.
   */
  rememberEppn(digest: string, person: string, huvudman: string): boolean {
    if (this.identifiers('eppn', digest).length > 0) return false;
    const remembered = { ...eppnName(digest), person, huvudman, held: false, had: [] };
    this.putIdentifier({ ...remembered, isNew: true, isChanged: true });
    return true;
  }

  /**
   * Lets go those of the EPPNs that no claim of the person states any more.
   * @returns the digests of those let go.
   */
  releaseEppns(person: PersonRecord, before: readonly string[]): string[] {
    const released: string[] = [];
    for (const eppn of before) {
      if (person.claims.some((claim) => statesEppn(claim, eppn))) continue;
      const digest = eppnDigest(this.keys, eppn);
      this.releaseIdentifier(eppnName(digest), person.id);
      released.push(digest);
    }
    return released;
  }

  private identifierNamed({ kind, digest, scope }: IdentifierName): IdentifierRecord | undefined {
    return this.identifiersOf
      .get(digest)
      ?.find((record) => record.kind === kind && record.scope === scope);
  }

  /**
   * A new person. The id is derived with a secret key from what names the person, so that events that are handled again after a
   * restore give the same id in whatever order they come, and nobody outside can compute it.
   *
   * @param names the best first (see `personNames`); one under which there is a person already, erased or told apart, is passed over.
   */
  newPerson(names: readonly string[]): PersonRecord {
    const id = this.firstFree(names);
    const person: PersonRecord = {
      id,
      wrappedKey: this.keys.newPersonKey(),
      emitted: 0,
      state: null,
      isStateChanged: true,
      isEnded: false,
      apartFrom: [],
      claims: [],
      isNew: true,
      isChanged: true,
    };
    this.persons.set(id, person);
    return person;
  }

  private firstFree(names: readonly string[]): string {
    for (const name of names) {
      const id = personId(this.keys, name);
      if (!this.persons.has(id)) return id;
    }
    throw new Error('Every name of the new person names another already.');
  }

  /** Gives the claim to the person whom it names; another person who had it loses it. */
  attach(claim: ClaimRecord, person: PersonRecord): void {
    if (claim.person !== null && claim.person !== person.id) this.detach(claim);
    claim.person = person.id;
    if (!person.claims.includes(claim)) person.claims.push(claim);
    this.noteHolder(claim.source, claim.localId, person.id);
  }

  private detach(claim: ClaimRecord): void {
    const before = this.persons.get(claim.person!);
    const index = before?.claims.indexOf(claim) ?? -1;
    if (index >= 0) before!.claims.splice(index, 1);
  }

  /** Merges the person's claims again and says what changed since the state that was last announced. */
  remerge(person: PersonRecord, news: PersonNews = NO_NEWS): PersonDifference[] {
    return this.replaceState(person, this.mergedView(person), news);
  }

  /** The person's state as the claims make it; what is beside them stays. */
  mergedView(person: PersonRecord, beside: BesideClaims = besideClaims(person)): PersonState {
    return mergeClaims(person.id, person.claims.map(asClaim), beside, this.history);
  }

  replaceState(
    person: PersonRecord,
    state: PersonState,
    news: PersonNews = NO_NEWS,
  ): PersonDifference[] {
    const differences = comparePersons(person.state, state, news);
    if (differences.length === 0) return differences;
    person.state = state;
    person.isStateChanged = true;
    person.isChanged = true;
    return differences;
  }

  /**
   * What the person's claims state, opened. Claims are read sealed only for those whom a stated number names; of anybody else who
   * comes to be asked about within a batch, what the batch itself stated is known.
   */
  identitiesOf(person: PersonRecord): StatedIdentity[] {
    const identities: StatedIdentity[] = [];
    for (const claim of person.claims) {
      if (claim.identity === undefined && claim.sealed !== null) {
        const text = this.keys.open(person.wrappedKey, person.id, claim.sealed);
        claim.identity = JSON.parse(text) as StatedIdentity;
      }
      if (claim.identity !== undefined) identities.push(claim.identity);
    }
    return identities;
  }
}

/** An EPPN means the same everywhere. */
export function eppnName(digest: string): IdentifierName {
  return { kind: 'eppn', digest, scope: '' };
}

/** EPPNs compare without regard to case. */
export function statesEppn({ asserted }: ClaimRecord, eppn: string): boolean {
  const wanted = eppn.toLowerCase();
  return asserted.eppns.some((stated) => stated.toLowerCase() === wanted);
}

/** Duties, tests and former ids: what a person's state holds that no claim says. */
export function besideClaims({ state }: PersonRecord): BesideClaims {
  const { duties = [], tests = [], formerIds, splitFrom } = state ?? {};
  return {
    duties,
    tests,
    ...(formerIds === undefined ? undefined : { formerIds }),
    ...(splitFrom === undefined ? undefined : { splitFrom }),
  };
}
