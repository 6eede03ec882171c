import type { AccessEntry, Duty, Enrolment, PersonState } from '#canonical';
import { NEVER, type Day } from './stockholm-day.js';
import type { Stay } from './trace-stays.js';

/** With which EPPN a person logs in at a huvudman, as a pupil and as staff; null while none has been given. */
export interface ResolvedEppns {
  ofPupil(place: LogInPlace): string | null;
  ofStaff(place: LogInPlace): string | null;
}

/** Where somebody logs in: whose unit it is, whose it was before, and which source says so. */
export type LogInPlace = Pick<Stay, 'huvudman' | 'formerHuvudmen' | 'source'>;

export function placeOfThing(thing: Enrolment | Duty): LogInPlace {
  const { huvudman, source, carriedFrom } = thing;
  const formerHuvudmen =
    carriedFrom === undefined || carriedFrom.huvudman === huvudman ? [] : [carriedFrom.huvudman];
  return { huvudman, source, formerHuvudmen };
}

/**
 * An EPPN from the source that speaks of the enrolment or duty comes first, else the huvudman's newest (the facts list them
 * newest first). At a unit that has gone to another owner, the former one's serves until the present one has given its own (make
 * before break). A pupil who is also staff of the same huvudman needs two different ones (design §6, rule 5). One that is no longer
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
  const resolve = (part: 'pupil' | 'staff', place: LogInPlace, not?: string) => {
    const huvudmen = [place.huvudman, ...place.formerHuvudmen];
    return (
      firstOf(huvudmen, (huvudman) => given(huvudman, place.source, not)) ??
      firstOf(huvudmen, (huvudman) => unless(not, remembered[`${part}/${huvudman}`])) ??
      null
    );
  };
  const ofPupil = (place: LogInPlace) => resolve('pupil', place);
  return {
    ofPupil,
    ofStaff(place) {
      const stay = stays.find(
        ({ start, end, huvudman }) => huvudman === place.huvudman && start <= today && end >= today,
      );
      const taken = stay && ofPupil(stay);
      return resolve('staff', place, taken ?? undefined);
    },
  };
}

function firstOf(
  huvudmen: readonly string[],
  find: (huvudman: string) => string | undefined,
): string | undefined {
  for (const huvudman of huvudmen) {
    const found = find(huvudman);
    if (found !== undefined) return found;
  }
  return undefined;
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
  for (const enrolment of facts.enrolments) {
    const eppn = enrolment.cancelled ? null : eppns.ofPupil(placeOfThing(enrolment));
    if (eppn !== null) kept[`pupil/${enrolment.huvudman}`] = eppn;
  }
  for (const duty of facts.duties) {
    const isReal = duty.startDate <= (duty.endDate ?? NEVER);
    const eppn = isReal ? eppns.ofStaff(placeOfThing(duty)) : null;
    if (eppn !== null) kept[`staff/${duty.huvudman}`] = eppn;
  }
  const keys = Object.keys(kept);
  const isSame =
    keys.length === Object.keys(remembered).length &&
    keys.every((key) => kept[key] === remembered[key]);
  return isSame ? remembered : kept;
}

/** What somebody had as staff, before they were a pupil too, may be the pupil's by now. */
function unless(not: string | undefined, eppn: string | undefined): string | undefined {
  return eppn === not ? undefined : eppn;
}
