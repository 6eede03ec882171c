import type { ParkReason } from '#stage';
import { decideSeparate } from '../../../apps/normalise/src/decide/decide-separate.js';
import type { Announcement } from '../../../apps/normalise/src/decide/verdict.js';
import { claimKey, type ClaimRecord } from '../../../apps/normalise/src/register/records.js';
import type { Register } from '../../../apps/normalise/src/register/register.js';
import type { Deed } from './history.js';

/**
 * The claim that a human would separate, as the page shows it: the person's others are of other huvudmän. Undefined where there is
 * nothing to be separated from.
 */
export function separable({ source, localId }: Deed, register: Register): ClaimRecord | undefined {
  const claim = register.claims.get(claimKey(source, localId));
  const person = claim?.person && register.persons.get(claim.person);
  if (!claim || !person) return undefined;
  const others = person.claims.filter((one) => one !== claim && one.kind === 'register');
  const isAlone = others.length === 0 || others.some(({ huvudman }) => huvudman === claim.huvudman);
  return isAlone ? undefined : claim;
}

/** The question that a human would answer: the only one that the record's parked lists ask. */
export function answerable(
  parked: readonly { readonly reason: Pick<ParkReason, 'awaits'> }[],
): string | undefined {
  const asked = parked.flatMap(({ reason: { awaits } }) => awaits?.startsWith('question/') ? [awaits] : []); // prettier-ignore
  const [question, ...others] = new Set(asked);
  return others.length > 0 ? undefined : question;
}

export interface Separated {
  readonly announcements: readonly Announcement[];
  readonly source: string;
  readonly cause: string;
}

/** Whose word it is that no source has said. */
const HUMAN = 'administrator';

/** What the command does in the register, with what its stage keeps of answers. */
export function separateClaim(claim: ClaimRecord, register: Register): Separated {
  const { source, localId } = claim;
  const person = claim.person!;
  const cause = `${HUMAN} ${source} ${localId} ${register.persons.get(person)!.emitted}`;
  const verdict = decideSeparate({ name: 'separate', person, source, localId }, cause, register);
  if (verdict.is === 'refused') throw new Error(verdict.says);
  const { answers } = register;
  for (const one of verdict.forgets) {
    const key = claimKey(one.source, one.localId);
    if (answers.get(key)?.answer === 'same-person') answers.delete(key);
  }
  if (verdict.answer) answers.set(claimKey(source, localId), verdict.answer);
  return { announcements: verdict.announcements, source: HUMAN, cause };
}
