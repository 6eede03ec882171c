import type { Enrolment, PersonStatus, SecurityMarking } from '#canonical';

/** `register`: an elevregister says that the person is there. `account`: a learning platform names an account of the person. */
export type ClaimKind = 'register' | 'account';

/** What one source asserts of one person, apart from what is sealed (names, civic number, birth date). */
export interface ClaimContent {
  readonly eppns: readonly string[];
  readonly enrolments: readonly Enrolment[];
  readonly securityMarking: SecurityMarking;
  readonly personStatus: PersonStatus;
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
