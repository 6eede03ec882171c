import { claimKey, type IdentifierKind } from './records.js';

interface WantedHolder {
  readonly source: string;
  readonly localId: string;
  readonly isLocked: boolean;
}

interface WantedIdentifier {
  readonly kind: IdentifierKind;
  readonly digest: string;
  /** The claims of the batch that state it. */
  readonly statedBy: Set<string>;
}

/** Everything that a batch touches, collected first so that each table is read once. */
export class Needs {
  /** False where only a person's state is needed: absence and test platforms. */
  claims = false;
  readonly holders = new Map<string, WantedHolder>();
  readonly identifiers = new Map<string, WantedIdentifier>();
  /** By claim: the ids that its person may get if nobody has it yet; whether one is taken must be known then. */
  readonly newcomers = new Map<string, () => readonly string[]>();
  /** Claims about whom a human may have answered. */
  readonly answers = new Map<string, { source: string; localId: string }>();
  /** Claims whose person may be separated: that person's duties are read too, and what is sealed. */
  readonly opened = new Set<string>();
  /** Persons whom a command names by the hub's own id. */
  readonly persons = new Set<string>();
  readonly objects = new Set<string>();
  /** Claims whose persons the batch says have duties, or have had. */
  readonly dutyHolders = new Map<string, { source: string; localId: string }>();
  /** Claims that the batch drops, or that may be another person's from now on: the duties of their persons are read. */
  readonly dropped = new Map<string, { source: string; localId: string }>();
  readonly unitRefs = new Map<string, { source: string; ref: string }>();
  readonly organisations = new Map<string, { source: string; localId: string }>();
  /** Ids of huvudmän that organisations of several sources may have. */
  readonly huvudmanIds = new Set<string>();
  readonly schoolUnits = new Set<string>();

  /** A person about whom something will be decided: locked. */
  holder(source: string, localId: string): void {
    this.holders.set(claimKey(source, localId), { source, localId, isLocked: true });
  }

  /** A person whose id alone is needed, such as a group's member: not locked. */
  mention(source: string, localId: string): void {
    const key = claimKey(source, localId);
    if (!this.holders.has(key)) this.holders.set(key, { source, localId, isLocked: false });
  }

  identifier(kind: IdentifierKind, digest: string): void {
    if (!this.identifiers.has(digest))
      this.identifiers.set(digest, { kind, digest, statedBy: new Set() });
  }

  /** A number that an event states of the person whom its local id names, or will name. */
  number(digest: string, source: string, localId: string): void {
    this.identifier('civic', digest);
    this.identifiers.get(digest)!.statedBy.add(claimKey(source, localId));
    this.answers.set(claimKey(source, localId), { source, localId });
  }

  /** A person whose duty will be decided about; others at its unit may yield to it. */
  dutyHolder(source: string, localId: string): void {
    this.holder(source, localId);
    this.dutyHolders.set(claimKey(source, localId), { source, localId });
  }

  /** A claim that leaves its person, or is dropped by its source, with the duties that it asserts of the person. */
  drop(source: string, localId: string): void {
    this.holder(source, localId);
    this.dropped.set(claimKey(source, localId), { source, localId });
  }

  /** A claim whose person may be separated from others. */
  open(source: string, localId: string): void {
    this.opened.add(claimKey(source, localId));
  }

  newcomer(source: string, localId: string, ids: () => readonly string[]): void {
    this.newcomers.set(claimKey(source, localId), ids);
  }

  unit(source: string, ref: string): void {
    this.unitRefs.set(claimKey(source, ref), { source, ref });
  }

  organisation(source: string, localId: string): void {
    this.organisations.set(claimKey(source, localId), { source, localId });
  }
}
