import type { SecurityMarking } from '#canonical';
import type { CivicNumber } from './check-civic-number.js';

/** What a source states of who somebody is. Opened only while deciding, kept sealed. */
export interface StatedIdentity {
  readonly givenName: string;
  readonly familyName: string;
  readonly birthDate: string | null;
  readonly civicNumber: CivicNumber | null;
}

/** The one person whom the stated civic number already belongs to. */
export interface IdentityCandidate {
  readonly person: string;
  readonly securityMarking: SecurityMarking;
  /** The huvudmän whose sources have claims about the candidate, dropped ones included. */
  readonly huvudmen: readonly string[];
  /** Opens what the claims state. It costs decryption, so it is asked only when the answer hangs on it. */
  readonly identities: () => readonly StatedIdentity[];
}

export interface IdentityQuestion {
  readonly huvudman: string;
  readonly stated: StatedIdentity;
  readonly securityMarking: SecurityMarking;
  /** The person whom the source's local id already names, with the kind of number that the same claim stated before. */
  readonly known: { readonly person: string; readonly numberBefore: NumberBefore } | undefined;
  readonly candidate: IdentityCandidate | undefined;
}

/** How the stated number compares with the one under the same local id. */
export type NumberBefore = 'none' | 'same' | 'provisional' | 'personnummer';

/** `numberScope`: whether the number may name this person everywhere, or within its own huvudman only. */
export type Resolution =
  | { readonly is: 'known' | 'matched'; readonly person: string; readonly numberScope: NumberScope }
  | { readonly is: 'new'; readonly numberScope: NumberScope }
  | { readonly is: 'contradiction'; readonly says: string };

export type NumberScope = 'everywhere' | 'huvudman';

/**
 * Who is it? In order: the source's local id; a valid number with birth date and at least one name agreeing; else a new person
 * (design §5). A number alone never attaches to a person of another huvudman, a TF number never matches across huvudmän, and with
 * skyddad folkbokföring nothing does. An EPPN is not asked at all: it never merges.
 */
export function resolveIdentity(question: IdentityQuestion): Resolution {
  const candidate = isKeptApart(question) ? undefined : question.candidate;
  const numberScope = isHuvudmanOnly(question) || isKeptApart(question) ? 'huvudman' : 'everywhere';
  if (question.known !== undefined) {
    return resolveKnown(question.known, question.stated, candidate, numberScope);
  }
  if (candidate === undefined) return { is: 'new', numberScope };
  if (candidate.identities().some((identity) => agrees(identity, question.stated))) {
    return { is: 'matched', person: candidate.person, numberScope };
  }
  return {
    is: 'contradiction',
    says: 'expected birth date and at least one name to agree with what is known under this number; check the number at the source, or answer the finding',
  };
}

function resolveKnown(
  known: NonNullable<IdentityQuestion['known']>,
  stated: StatedIdentity,
  candidate: IdentityCandidate | undefined,
  numberScope: NumberScope,
): Resolution {
  if (known.numberBefore === 'personnummer' && stated.civicNumber !== null) {
    return {
      is: 'contradiction',
      says: 'expected the personnummer that this local id had before; a person authorised for protected data must decide whether this is a new identity',
    };
  }
  if (candidate !== undefined && candidate.person !== known.person) {
    return {
      is: 'contradiction',
      says: 'expected a number that belongs to nobody else; an administrator must decide whether the two records are one person',
    };
  }
  return { is: 'known', person: known.person, numberScope };
}

/** Across huvudmän, TF numbers mean nothing and persons with skyddad folkbokföring are not looked for. */
function isKeptApart(question: IdentityQuestion): boolean {
  const { candidate, huvudman } = question;
  if (candidate === undefined || candidate.huvudmen.includes(huvudman)) return false;
  return isHuvudmanOnly(question) || isFullyProtected(candidate.securityMarking);
}

function isHuvudmanOnly({ stated, securityMarking }: IdentityQuestion): boolean {
  return stated.civicNumber?.kind === 'tf' || isFullyProtected(securityMarking);
}

function isFullyProtected(marking: SecurityMarking): boolean {
  return marking === 'Skyddad folkbokföring';
}

/** Birth date and at least one name agree. Without a stated birth date the number's own counts. */
export function agrees(one: StatedIdentity, other: StatedIdentity): boolean {
  const born = birthDateOf(one);
  if (born === null || born !== birthDateOf(other)) return false;
  return shareWord(one.givenName, other.givenName) || shareWord(one.familyName, other.familyName);
}

function birthDateOf({ birthDate, civicNumber }: StatedIdentity): string | null {
  return birthDate ?? civicNumber?.birthDate ?? null;
}

function shareWord(one: string, other: string): boolean {
  const words = new Set(wordsOf(one));
  return wordsOf(other).some((word) => words.has(word));
}

function wordsOf(name: string): string[] {
  return name
    .normalize('NFC')
    .toLocaleLowerCase('sv')
    .split(/[\s-]+/u)
    .filter((word) => word !== '');
}
