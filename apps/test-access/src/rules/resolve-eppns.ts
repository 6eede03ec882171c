import { type AccessEntry, type Duty, type Enrolment, type PersonState, NEVER, earlierDay, laterDay, type Day } from '#canonical'; // prettier-ignore
import { byEndFirst, type Stay } from './trace-stays.js';

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
 * before break). One that is no longer given is remembered: taking it away must not end an entry that its huvudman's own facts
 * still call for.
 *
 * A pupil who is also staff of the same huvudman needs two different ones (design §6, rule 5). Who has been both at one time goes on
 * as staff with the one that was not the pupil's while it is given: the end of a stay changes no log-in of staff. That follows from
 * stays and duties, not from what was resolved before, so that it does not hang on the order in which they came (rule 6).
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
  const givenTo = (place: LogInPlace, not?: string) =>
    firstOf(ownersOf(place), (huvudman) => given(huvudman, place.source, not));
  const resolve = (part: 'pupil' | 'staff', place: LogInPlace, not?: string) =>
    givenTo(place, not) ??
    firstOf(ownersOf(place), (huvudman) => unless(not, remembered[`${part}/${huvudman}`])) ??
    null;
  const ofPupil = (place: LogInPlace) => resolve('pupil', place);
  return {
    ofPupil,
    ofStaff(place) {
      const own = stays.filter(
        ({ start, huvudman }) => huvudman === place.huvudman && start <= today,
      );
      const present = own.find(({ end }) => end >= today);
      if (present) return resolve('staff', place, ofPupil(present) ?? undefined);
      const former = own.filter((stay) => isBesideDuty(stay, facts.duties)).sort(byEndFirst)[0];
      const other = former && givenTo(place, ofPupil(former) ?? undefined);
      return other ?? resolve('staff', place);
    },
  };
}

function ownersOf({ huvudman, formerHuvudmen }: LogInPlace): readonly string[] {
  return [huvudman, ...formerHuvudmen];
}

/** Whether the pupil was staff of the same huvudman on a day of the stay. */
function isBesideDuty({ huvudman, start, end }: Stay, duties: readonly Duty[]): boolean {
  return duties.some(
    (duty) =>
      duty.huvudman === huvudman &&
      laterDay(duty.startDate, start) <= earlierDay(duty.endDate ?? NEVER, end),
  );
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

/**
 * The EPPNs to remember, each of those that its huvudman gave itself: one for each huvudman of an enrolment or a duty, of the unit
 * before, and those that standing entries bear.
 */
export function rememberEppns(
  facts: PersonState,
  eppns: ResolvedEppns,
  { remembered, entries }: { readonly remembered: Readonly<Record<string, string>>; readonly entries: readonly AccessEntry[] }, // prettier-ignore
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const enrolment of facts.enrolments) {
    if (enrolment.cancelled) continue;
    for (const place of ownPlaces(enrolment)) {
      const eppn = eppns.ofPupil(place);
      if (eppn !== null) kept[`pupil/${place.huvudman}`] = eppn;
    }
  }
  for (const duty of facts.duties) {
    if (duty.startDate > (duty.endDate ?? NEVER)) continue;
    for (const place of ownPlaces(duty)) {
      const eppn = eppns.ofStaff(place);
      if (eppn !== null) kept[`staff/${place.huvudman}`] = eppn;
    }
  }
  const inUse = new Set(entries.map(({ eppn }) => eppn));
  for (const [part, eppn] of Object.entries(remembered)) {
    if (inUse.has(eppn)) kept[part] ??= eppn;
  }
  const keys = Object.keys(kept);
  const isSame =
    keys.length === Object.keys(remembered).length &&
    keys.every((key) => kept[key] === remembered[key]);
  return isSame ? remembered : kept;
}

/** Each huvudman of an enrolment or duty, by itself. */
function ownPlaces(thing: Enrolment | Duty): LogInPlace[] {
  const { huvudman, formerHuvudmen, source } = placeOfThing(thing);
  return [huvudman, ...formerHuvudmen].map((one) => ({ huvudman: one, source, formerHuvudmen: NOBODY })); // prettier-ignore
}

const NOBODY: readonly string[] = [];

/** What somebody had as staff, before they were a pupil too, may be the pupil's by now. */
function unless(not: string | undefined, eppn: string | undefined): string | undefined {
  return eppn === not ? undefined : eppn;
}
