import type { AccessEntry, AccessState, EppnIdentifier, TestAssignment } from '#canonical';
import { isSameEppn } from './entry-eppn.js';

/** A person with a usable entry that has the EPPN asked for. */
export interface Holder {
  readonly person: string;
  readonly access: AccessState;
  /** The EPPNs that sources say of the person today; they count only when there are several holders. */
  readonly given: readonly EppnIdentifier[];
}

/** `id` is the assignment's id towards the entry's huvudman, as on its topic: the hub's own could join two huvudmän. */
export type AnsweredTest = Pick<
  TestAssignment,
  'id' | 'activity' | 'state' | 'windowStart' | 'windowEnd'
>;

type AnsweredTerms = Pick<
  AccessEntry,
  'id' | 'schoolUnit' | 'schoolType' | 'role' | 'requiredAssurance'
>;

/**
 * Where, as what, with which assurance and for which tests somebody may log in. Which of several entries is home is not told, nor by
 * which rule an entry stands: either could tell one huvudman of another, or of a protected marking.
 */
export interface AnsweredEntry extends AnsweredTerms {
  /** The tests that the pupil writes at this unit and has not submitted. Staff are let in to the unit, not to a test. */
  readonly tests: readonly AnsweredTest[];
  /** What the entry stands by, since when, and the day after which it ends if nothing new is known. */
  readonly because: {
    readonly held: Exclude<AccessEntry['held'], 'make-before-break'>;
    readonly since: string;
    readonly until?: string;
  };
}

/** Whether somebody who logs in with an EPPN is let in. */
export interface AccessAnswer {
  readonly allowed: boolean;
  /** The same for an EPPN that nobody has and for one whose holder may not come in. */
  readonly why: 'usable-entry' | 'no-usable-entry';
  readonly entries: readonly AnsweredEntry[];
}

/** What is answered, and whom it is about; nobody when nobody is let in. */
export interface Answered {
  readonly answer: AccessAnswer;
  readonly person?: string;
  /** Several persons hold the EPPN, and no source says whose it is: nobody is let in on somebody else's test. */
  readonly isAmbiguous: boolean;
}

export interface Asking {
  /** The huvudman that the caller acts for, if it does: its own entries only. */
  readonly huvudman: string | undefined;
  /** The id of a thing of the hub's towards a huvudman. */
  publicId(huvudman: string, hubId: string): string;
}

const REFUSAL: AccessAnswer = { allowed: false, why: 'no-usable-entry', entries: [] };

/** @param holders the persons that were found by the EPPN. */
export function answerQuestion(eppn: string, holders: readonly Holder[], asking: Asking): Answered {
  const holder = holders.length > 1 ? onlyGiven(eppn, holders) : holders[0];
  if (holder === undefined) return { answer: REFUSAL, isAmbiguous: holders.length > 1 };
  const { person, access } = holder;
  const { huvudman } = asking;
  const entries = access.entries.filter(
    (entry) =>
      isSameEppn(entry.eppn, eppn) && (huvudman === undefined || entry.huvudman === huvudman),
  );
  if (entries.length === 0) return { answer: REFUSAL, isAmbiguous: false };
  const answer: AccessAnswer = {
    allowed: true,
    why: 'usable-entry',
    entries: entries.map((entry) => answeredEntry(entry, access.tests, asking)),
  };
  return { answer, person, isAmbiguous: false };
}

/** An EPPN that was given anew stays remembered of the one who had it before: it is whose it is said to be today. */
function onlyGiven(eppn: string, holders: readonly Holder[]): Holder | undefined {
  const given = holders.filter((holder) =>
    holder.given.some(({ value }) => isSameEppn(value, eppn)),
  );
  return given.length === 1 ? given[0] : undefined;
}

function answeredEntry(
  entry: AccessEntry,
  tests: readonly TestAssignment[],
  { publicId }: Asking,
): AnsweredEntry {
  const { id, huvudman, schoolUnit, schoolType, role, requiredAssurance } = entry;
  const { held, since, until } = entry;
  const here = tests.filter(
    (test) =>
      role === 'pupil' &&
      test.huvudman === huvudman &&
      test.schoolUnit === schoolUnit &&
      test.state !== 'submitted',
  );
  return {
    id,
    schoolUnit,
    schoolType,
    role,
    requiredAssurance,
    tests: here.map(({ activity, state, windowStart, windowEnd, id: hubId }) => {
      return { id: publicId(huvudman, hubId), activity, state, windowStart, windowEnd };
    }),
    // That a join elsewhere is under way is nothing the old school's log-in should learn.
    because: { held: held === 'make-before-break' ? 'bridged' : held, since, until },
  };
}
