import { type Enrolment, stockholmDay } from '#canonical';
import type { ClaimContent, EarlierLists, LeftEnrolment } from './claim-content.js';
import { endUnknown, matchEnrolments, type AssertedEnrolment, type MatchingTerms } from './match-enrolments.js'; // prettier-ignore

/** Days of which a claim remembers that its source gave a list; a list that comes later than the oldest of them ends on that one. */
export const LIST_DAYS_MAX = 16;

/** The enrolments of one person by one source, at one time of the source's. */
export interface ToldList {
  readonly at: string;
  readonly enrolments: readonly AssertedEnrolment[];
  /** `full`: what the list does not name has ended. `delta`: it stands. */
  readonly completeness: 'full' | 'delta';
}

/** A claim as far as its lists go. */
export interface HeldLists {
  readonly modified: string;
  readonly deleted: boolean;
  readonly asserted: Pick<ClaimContent, 'enrolments' | 'earlier'>;
}

type Lists = Pick<ClaimContent, 'enrolments' | 'earlier'>;

/**
 * The lists of one source about one person come to the same in whatever order they arrive (design §6, rule 6): the newest says what is
 * named now; an enrolment that only older ones name is as the last of those had it, and ended, for an unknown reason, on the day of
 * the first whole list after it that left it out.
 */
export function addNewestList(
  held: HeldLists | undefined,
  list: ToldList,
  terms: MatchingTerms,
): Lists {
  if (held === undefined) return { enrolments: matchEnrolments([], list.enrolments, terms).named };
  const isWhole = list.completeness === 'full';
  const { enrolments, earlier } = held.asserted;
  const { named, unnamed } = matchEnrolments(enrolments, list.enrolments, terms);
  const known = leftById(earlier);
  const left = unnamed.map((enrolment) => {
    const one = known.get(enrolment.id) ?? { enrolment, named: held.modified, missing: null };
    return one.missing === null && isWhole ? { ...one, missing: list.at } : one;
  });
  const isCounted = isWhole || held.deleted;
  const times = isCounted ? withTime(earlier, held.modified, list.at) : timesOf(earlier);
  const dropped = held.deleted ? held.modified : earlier?.dropped;
  return listsOf(named, { times, left, ...(dropped && { dropped }), ...forgottenIn(earlier) });
}

/** A whole list that says the same as the newest one, later: only its time is new. */
export function passList({ modified, asserted }: HeldLists, at: string): Lists {
  const { enrolments, earlier } = asserted;
  const times = withTime(earlier, modified, at);
  return times === timesOf(earlier)
    ? asserted
    : { enrolments, earlier: { left: [], ...earlier, times } };
}

/** The source drops the person: all its enrolments have ended. */
export function addNewestRemoval(held: HeldLists, at: string): Lists {
  const { enrolments, earlier } = held.asserted;
  const known = leftById(earlier);
  const left = enrolments.map((enrolment) => {
    const one = known.get(enrolment.id) ?? { enrolment, named: held.modified, missing: null };
    return one.missing === null ? { ...one, missing: at } : one;
  });
  const times = withTime(earlier, held.modified, at);
  return listsOf([], { times, left, listed: newestListAt(held), ...forgottenIn(earlier) });
}

/** A list that is older than the newest: what only it names has ended by now; what others name may have ended later, or earlier. */
export function addOlderList(held: HeldLists, list: ToldList, terms: MatchingTerms): Lists {
  const { enrolments, earlier } = held.asserted;
  const known = leftById(earlier);
  const isWhole = list.completeness === 'full';
  const listed = new Map(matchEnrolments(enrolments, list.enrolments, terms).named.map((one) => [one.id, one])); // prettier-ignore
  const missing = isWhole ? firstAfter(list.at, held) : null;
  const left = [...known.values()].map((one): LeftEnrolment => {
    const enrolment = listed.get(one.enrolment.id);
    if (enrolment === undefined) return isWhole ? missedAt(one, list.at) : one;
    if (list.at <= one.named) return one;
    const isBefore = one.missing !== null && list.at < one.missing;
    return { enrolment, named: list.at, missing: isBefore ? one.missing : missing };
  });
  const others = new Set(enrolments.map(({ id }) => id));
  for (const enrolment of listed.values()) {
    if (!others.has(enrolment.id)) left.push({ enrolment, named: list.at, missing });
  }
  const times = isWhole ? withTime(earlier, list.at, held.modified) : timesOf(earlier);
  const named = enrolments.filter(({ id }) => !known.has(id));
  const newest = newestListAt(held);
  const isNewest = held.deleted && list.at > newest;
  return listsOf(named, {
    times,
    left,
    ...(held.deleted && { listed: isNewest ? list.at : newest }),
    ...(earlier?.dropped && { dropped: earlier.dropped }),
    ...forgottenIn(earlier),
  });
}

/** The source had dropped the person before it gave the newest list. */
export function addOlderRemoval({ modified, deleted, asserted }: HeldLists, at: string): Lists {
  const { enrolments, earlier } = asserted;
  const known = leftById(earlier);
  const left = [...known.values()].map((one) => missedAt(one, at));
  const named = enrolments.filter(({ id }) => !known.has(id));
  const dropped = deleted || at < (earlier?.dropped ?? '') ? earlier?.dropped : at;
  const times = withTime(earlier, at, modified);
  return listsOf(named, { ...earlier, times, left, ...(dropped && { dropped }) });
}

function listsOf(named: readonly Enrolment[], earlier: EarlierLists): Lists {
  const enrolments = [...named, ...earlier.left.map(asEnded)];
  const isPlain = earlier.times.length === 0 && earlier.left.length === 0;
  const isMarked = [earlier.listed, earlier.dropped, earlier.forgotten].some((time) => time !== undefined); // prettier-ignore
  return isPlain && !isMarked ? { enrolments } : { enrolments, earlier };
}

function asEnded({ enrolment, missing }: LeftEnrolment): Enrolment {
  return missing === null ? enrolment : endUnknown(enrolment, stockholmDay(missing));
}

function missedAt(one: LeftEnrolment, at: string): LeftEnrolment {
  const isEarlier = one.named < at && (one.missing === null || at < one.missing);
  return isEarlier ? { ...one, missing: at } : one;
}

function leftById(earlier: EarlierLists | undefined): Map<string, LeftEnrolment> {
  return new Map(earlier?.left.map((one) => [one.enrolment.id, one]));
}

function forgottenIn(earlier: EarlierLists | undefined): Pick<EarlierLists, 'forgotten'> {
  return earlier?.forgotten === undefined ? {} : { forgotten: earlier.forgotten };
}

const NONE: readonly string[] = [];

function timesOf(earlier: EarlierLists | undefined): readonly string[] {
  return earlier?.times ?? NONE;
}

/** The first time after `at` at which the source gave a whole list or dropped the person. */
function firstAfter(at: string, { modified, asserted }: HeldLists): string {
  return timesOf(asserted.earlier).find((time) => time > at) ?? modified;
}

/** When the source last gave a list: later it may have dropped the person. */
export function newestListAt({ modified, deleted, asserted }: HeldLists): string {
  return deleted ? (asserted.earlier?.listed ?? modified) : modified;
}

/** When the source last dropped the person, or spoke last of somebody who was erased since; empty when it never has. */
export function lastDropAt({ modified, deleted, asserted: { earlier } }: HeldLists): string {
  if (deleted) return modified;
  const [dropped, forgotten] = [earlier?.dropped ?? '', earlier?.forgotten ?? ''];
  return dropped > forgotten ? dropped : forgotten;
}

/** Of one day the last time is enough, and of today the newest, since an enrolment ends on a day. */
function withTime(
  earlier: EarlierLists | undefined,
  time: string,
  newest: string,
): readonly string[] {
  const times = timesOf(earlier);
  const day = stockholmDay(time);
  if (day === stockholmDay(newest)) return times;
  if (times.some((other) => other >= time && stockholmDay(other) === day)) return times;
  const others = times.filter((other) => other > time || stockholmDay(other) !== day);
  return [...others, time].sort().slice(-LIST_DAYS_MAX);
}
