import type { SeparateCommand } from '#canonical';
import type { AnswerRecord, ClaimRecord, PersonRecord } from '../register/records.js';
import { claimKey } from '../register/records.js';
import type { Register } from '../register/register.js';
import { accountsOf } from './accounts-of.js';
import { putApart } from './kept-apart.js';
import { separatePersons } from './separate-persons.js';
import type { Announcement } from './verdict.js';

export type SeparateVerdict =
  | {
      readonly is: 'separated';
      readonly announcements: readonly Announcement[];
      /** That the number does not name this person: else the next word of the source would join them again. */
      readonly answer: AnswerRecord | undefined;
      /** Claims of which a human had said that they are one person's: that holds no longer. */
      readonly forgets: readonly ClaimRecord[];
    }
  | { readonly is: 'refused'; readonly says: string };

/**
 * An administrator says that a claim of a student register is somebody else's: it becomes a new person's, with the accounts that name
 * it. A number that claims of both state goes on naming the one who stays. They are apart until a human says otherwise, whatever their
 * sources state from now on (design §5).
 */
export function decideSeparate(
  { person: id, source, localId }: SeparateCommand,
  cause: string,
  register: Register,
): SeparateVerdict {
  const claim = register.claims.get(claimKey(source, localId));
  const person = register.persons.get(id);
  if (claim === undefined || person === undefined || claim.person !== id) {
    return { is: 'refused', says: 'the person has no such claim' };
  }
  if (claim.kind !== 'register') {
    return { is: 'refused', says: 'an account is whoever’s its platform says; correct it there' };
  }
  if (!person.claims.some((other) => other !== claim && other.kind === 'register')) {
    return { is: 'refused', says: 'it is the person’s only claim' };
  }
  const going = [claim, ...accountsOf(claim, person)];
  const names = [`apart\n${cause}`];
  const { apart, announcements } = separatePersons(person, going, { names, register });
  putApart(person, apart);
  const answer = settleNumber(claim, person, apart, register);
  return { is: 'separated', announcements, answer, forgets: [...person.claims, ...apart.claims] };
}

/** A number that only the claim stated goes with it; one that others state too stays with them. */
function settleNumber(
  claim: ClaimRecord,
  person: PersonRecord,
  apart: PersonRecord,
  register: Register,
): AnswerRecord | undefined {
  const { numberDigest, source, localId } = claim;
  if (numberDigest === null) return undefined;
  if (person.claims.some((other) => other.numberDigest === numberDigest)) {
    return { source, localId, numberDigest, answer: 'different-persons' };
  }
  for (const { kind, digest, scope } of [...register.identifiers('civic', numberDigest)]) {
    register.moveIdentifier({ kind, digest, scope }, person, apart);
  }
  return undefined;
}
