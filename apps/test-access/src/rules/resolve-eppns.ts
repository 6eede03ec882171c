import type { AccessEntry, PersonState } from '#canonical';
import { NEVER, type Day } from './stockholm-day.js';
import type { Stay } from './trace-stays.js';

/** With which EPPN a person logs in at a huvudman, as a pupil and as staff; null while none has been given. */
export interface ResolvedEppns {
  ofPupil(huvudman: string, source: string): string | null;
  ofStaff(huvudman: string, source: string): string | null;
}

/**
 * An EPPN from the source that speaks of the enrolment or duty comes first, else the huvudman's newest (the facts list them
 * newest first). A pupil who is also staff of the same huvudman needs two different ones (design §6, rule 5). One that is no longer
 * given is remembered: taking it away must not end an entry that its huvudman's own facts still call for.
 */
export function resolveEppns(
  facts: PersonState,
  stays: readonly Stay[],
  { remembered, today }: { remembered: Readonly<Record<string, string>>; today: Day },
): ResolvedEppns {
  const given = (huvudman: string, source: string, not?: string) => {
    const own = facts.eppns.filter((eppn) => eppn.huvudman === huvudman && eppn.value !== not);
    return (own.find((eppn) => eppn.source === source) ?? own[0])?.value;
  };
  const ofPupil = (huvudman: string, source: string) =>
    given(huvudman, source) ?? remembered[`pupil/${huvudman}`] ?? null;
  return {
    ofPupil,
    ofStaff(huvudman, source) {
      const stay = stays.find(
        ({ start, end, huvudman: other }) => other === huvudman && start <= today && end >= today,
      );
      const taken = stay && ofPupil(huvudman, stay.source);
      return given(huvudman, source, taken ?? undefined) ?? remembered[`staff/${huvudman}`] ?? null;
    },
  };
}

/** Under what an EPPN is remembered. */
export function partOf(role: AccessEntry['role'], huvudman: string): string {
  return role === 'pupil' ? `pupil/${huvudman}` : `staff/${huvudman}`;
}

/** The EPPNs to remember: one for each huvudman that speaks of an enrolment or a duty. */
export function rememberEppns(
  facts: PersonState,
  eppns: ResolvedEppns,
  remembered: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const { huvudman, source, cancelled } of facts.enrolments) {
    const eppn = cancelled ? null : eppns.ofPupil(huvudman, source);
    if (eppn !== null) kept[`pupil/${huvudman}`] = eppn;
  }
  for (const { huvudman, source, startDate, endDate } of facts.duties) {
    const eppn = startDate > (endDate ?? NEVER) ? null : eppns.ofStaff(huvudman, source);
    if (eppn !== null) kept[`staff/${huvudman}`] = eppn;
  }
  const keys = Object.keys(kept);
  const isSame =
    keys.length === Object.keys(remembered).length &&
    keys.every((key) => kept[key] === remembered[key]);
  return isSame ? remembered : kept;
}
