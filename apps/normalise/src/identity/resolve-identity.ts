import type { SecurityMarking } from '#canonical';
import type { CivicNumber } from './check-civic-number.js';

/** What a source states of who somebody is. Opened only while deciding, kept sealed. */
export interface StatedIdentity {
  readonly givenName: string;
  readonly familyName: string;
  readonly birthDate: string | null;
  readonly civicNumber: CivicNumber | null;
}

/** A person whom the stated civic number already names. */
export interface IdentityCandidate {
  readonly person: string;
  readonly securityMarking: SecurityMarking;
  /** The huvudmän whose sources have claims about the candidate, dropped ones included. */
  readonly huvudmen: readonly string[];
  /** Opens what the claims state. It costs decryption, so it is asked only when the answer hangs on it. */
  readonly identities: () => readonly StatedIdentity[];
  /** Whether a human has separated the two. */
  readonly isApartFrom: (person: string) => boolean;
}

export interface IdentityQuestion {
  readonly huvudman: string;
  readonly stated: StatedIdentity;
  /** The person has skyddad folkbokföring by a register of this huvudman. */
  readonly isHidden: boolean;
  /** The person whom the source's local id already names, with the kind of number that the same claim stated before. */
  readonly known: { readonly person: string; readonly numberBefore: NumberBefore } | undefined;
  /** All others whom the stated number names, the huvudman's own first. */
  readonly candidates: readonly IdentityCandidate[];
  /** What a human has answered about this number under this local id. */
  readonly answer: IdentityAnswer | undefined;
}

/** How the stated number compares with the one under the same local id. */
export type NumberBefore = 'none' | 'same' | 'provisional' | 'personnummer';

export const IDENTITY_ANSWERS = ['same-person', 'different-persons'] as const;
export type IdentityAnswer = (typeof IDENTITY_ANSWERS)[number];

/**
 * What a human is asked. `unlike`: a number that is known, with a name or birth date that is not. `two-persons`: a local id that has a
 * person states the number of another. `changed-number`: a personnummer has become another, which may be a new protected identity.
 */
export const IDENTITY_QUESTIONS = ['unlike', 'two-persons', 'changed-number'] as const;
export type IdentityQuestionKind = (typeof IDENTITY_QUESTIONS)[number];

/** `numberScope`: whom the number may name this person to. `merge`: other persons who turn out to be this one. */
export type Resolution =
  | {
      readonly is: 'known' | 'matched';
      readonly person: string;
      readonly merge: readonly string[];
      readonly numberScope: NumberScope;
    }
  | { readonly is: 'new'; readonly numberScope: NumberScope }
  | { readonly is: 'contradiction'; readonly asks: IdentityQuestionKind; readonly says: string };

/** `nobody`: a human has said that the number does not name this person, or it names others from whom a human has separated this one. */
export type NumberScope = 'everywhere' | 'huvudman' | 'nobody';

/**
 * Who is it? In order: the source's local id; a valid number with birth date and at least one name agreeing; else a new person
 * (design §5). A number alone never attaches to a person of another huvudman, a TF number never matches across huvudmän, and with
 * skyddad folkbokföring nothing does. An EPPN is not asked at all: it never merges. The answer follows from what the claims state now,
 * not from the order in which they came: whoever can no longer be told apart is merged. Whom a human has separated only a human joins
 * again, who is asked when a claim comes to state a number that it did not state before.
 */
export function resolveIdentity(question: IdentityQuestion): Resolution {
  const { known, stated, answer } = question;
  const isOther = known?.numberBefore === 'personnummer' && stated.civicNumber !== null;
  if (isOther && answer === undefined) return ask('changed-number');
  // A new identity under an old local id: whoever it is, it is not the person known until now.
  const isNewIdentity = isOther && answer === 'different-persons';
  if (!isNewIdentity && answer === 'different-persons') {
    const numberScope = 'nobody';
    return known === undefined
      ? { is: 'new', numberScope }
      : { is: 'known', person: known.person, merge: [], numberScope };
  }
  const person = isNewIdentity ? undefined : known?.person;
  const apart = question.candidates.filter((candidate) => isKeptApart(candidate, question));
  const unsettled = question.candidates.filter(
    (candidate) =>
      !apart.includes(candidate) &&
      candidate.person !== person &&
      candidate.person !== known?.person,
  );
  const others = unsettled.filter((candidate) => !isSettledApart(candidate, question));
  const numberScope = scopeOf(question, {
    isKept: apart.length > 0,
    isSettled: others.length < unsettled.length,
  });
  if (others.length === 0) {
    return person === undefined
      ? { is: 'new', numberScope }
      : { is: 'known', person, merge: [], numberScope };
  }
  const alike =
    answer === 'same-person' ? others : others.filter((other) => isAlike(other, stated));
  if (person !== undefined) {
    const same = answer === 'same-person' ? alike : withoutSeparated(alike, person);
    if (same.length < others.length) return ask('two-persons');
    return { is: 'known', person, merge: same.map((other) => other.person), numberScope };
  }
  const [first, ...rest] = withoutSeparated(alike).map((other) => other.person);
  // A human has said that it is another identity already: whose the number is too, is not asked after that.
  if (first === undefined) return isNewIdentity ? { is: 'new', numberScope: 'nobody' } : ask('unlike'); // prettier-ignore
  const isWhole = rest.length + 1 === alike.length;
  return {
    is: 'matched',
    person: first,
    merge: rest,
    numberScope: isWhole ? numberScope : 'nobody',
  };
}

function scopeOf(
  question: IdentityQuestion,
  { isKept, isSettled }: { readonly isKept: boolean; readonly isSettled: boolean },
): NumberScope {
  if (isSettled) return 'nobody';
  return isHuvudmanOnly(question) || isKept ? 'huvudman' : 'everywhere';
}

/**
 * The claim is not the candidate's: a human has separated them, and the number is the one that the claim stated then, or a human has said
 * of it too that it is somebody else's.
 */
function isSettledApart(
  { isApartFrom }: IdentityCandidate,
  { known, answer }: IdentityQuestion,
): boolean {
  if (known === undefined || answer === 'same-person') return false;
  const isSettled = known.numberBefore === 'same' || answer === 'different-persons';
  return isSettled && isApartFrom(known.person);
}

/** Those who may be one, with the person and with each other: of two whom a human has separated, the first. */
function withoutSeparated(
  candidates: readonly IdentityCandidate[],
  person?: string,
): readonly IdentityCandidate[] {
  const ids = person === undefined ? [] : [person];
  return candidates.filter(({ person: id, isApartFrom }) => {
    if (ids.some((one) => isApartFrom(one))) return false;
    ids.push(id);
    return true;
  });
}

const SAYS: Readonly<Record<IdentityQuestionKind, string>> = {
  unlike:
    'expected birth date and at least one name to agree with what is known under this number; check the number at the source, or answer the question',
  'two-persons':
    'expected a number that belongs to nobody else; an administrator must answer whether the two records are one person',
  'changed-number':
    'expected the personnummer that this local id had before; a person authorised for protected data must answer whether this is a new identity',
};

function ask(asks: IdentityQuestionKind): Resolution {
  return { is: 'contradiction', asks, says: SAYS[asks] };
}

/** Across huvudmän, TF numbers mean nothing and persons with skyddad folkbokföring are not looked for. */
function isKeptApart(
  { huvudmen, securityMarking }: IdentityCandidate,
  question: IdentityQuestion,
): boolean {
  if (huvudmen.includes(question.huvudman)) return false;
  return isHuvudmanOnly(question) || isFullyProtected(securityMarking);
}

function isHuvudmanOnly({ stated, isHidden }: IdentityQuestion): boolean {
  return stated.civicNumber?.kind === 'tf' || isHidden;
}

export function isFullyProtected(marking: SecurityMarking): boolean {
  return marking === 'Skyddad folkbokföring';
}

function isAlike({ identities }: IdentityCandidate, stated: StatedIdentity): boolean {
  return identities().some((identity) => agrees(identity, stated));
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
