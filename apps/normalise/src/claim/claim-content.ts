import type { Enrolment, PersonStatus, SecurityMarking } from '#canonical';

/** `register`: an elevregister says that the person is there. `account`: a learning platform names an account of the person. */
export type ClaimKind = 'register' | 'account';

/** What one source asserts of one person, apart from what is sealed (names, civic number, birth date). */
export interface ClaimContent {
  readonly eppns: readonly string[];
  /** Those of the newest list, then those that older lists named: they have ended. */
  readonly enrolments: readonly Enrolment[];
  readonly securityMarking: SecurityMarking;
  readonly personStatus: PersonStatus;
  /** Absent while the source has given one list only. */
  readonly earlier?: EarlierLists;
  /**
   * Of an account: the local id, in its huvudman's student registers, of the person whose it is. Absent in one that was read before the
   * hub kept it, until its platform speaks of it again.
   */
  readonly accountOf?: string;
}

/**
 * What the lists before the newest one have left behind, so that a list that comes late finds its place among them (decision 15).
 * Instants are written as adapters write them.
 */
export interface EarlierLists {
  /** When the source gave a whole list or dropped the person, the newest time apart: of each day the last, oldest first. */
  readonly times: readonly string[];
  readonly left: readonly LeftEnrolment[];
  /** The time of the newest list, where the source has dropped the person since. */
  readonly listed?: string;
  /** When the source last dropped the person, where it has taken them back since. */
  readonly dropped?: string;
  /** What was said until then is not heard again: it was of somebody who was erased. */
  readonly forgotten?: string;
}

/** An enrolment that the newest list does not name. */
export interface LeftEnrolment {
  /** As it was named last. */
  readonly enrolment: Enrolment;
  /** When that was. */
  readonly named: string;
  /** The first time after that when a whole list left it out: it has ended on that day. Null while only partial lists have come. */
  readonly missing: string | null;
}

/** A claim as the merged view sees it. */
export interface Claim {
  readonly source: string;
  readonly huvudman: string;
  readonly localId: string;
  readonly kind: ClaimKind;
  readonly modified: string;
  /** The source dropped it. What it asserted last is kept for the bridge (design §6.3), but it no longer says that the person is there. */
  readonly deleted: boolean;
  readonly content: ClaimContent;
}

export const EMPTY_CONTENT: ClaimContent = {
  eppns: [],
  enrolments: [],
  securityMarking: 'Ingen',
  personStatus: 'Aktiv',
};
