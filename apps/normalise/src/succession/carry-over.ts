import { NEVER, addDays, earlierDay, laterDay, stockholmDay, uuidV5, type CarriedFrom, type Day } from '#canonical'; // prettier-ignore
import type { UnitOwner } from './unit-owners.js';

/** A huvudman of the hub that has had a unit, from a day on; the first one as far back as anything goes. */
export interface OwnerSpan {
  readonly huvudman: string;
  /** YYYY-MM-DD; empty for the first owner. */
  readonly since: string;
}

/** Who has had a unit, one after the other; empty when it is not known or has never changed owner. */
export type OwnersOf = (schoolUnit: string) => readonly OwnerSpan[];

/** What the national register says of units that bears upon what is asserted at them. */
export interface UnitTimes {
  readonly ownersOf: OwnersOf;
  /** The last day of a unit that has closed (UPPHORT); undefined while it goes on, and where the register names no day. */
  closedOn(schoolUnit: string): string | undefined;
}

export const NOTHING_HAPPENED: UnitTimes = { ownersOf: () => [], closedOn: () => undefined };

/** What can follow its unit to another owner. Days are YYYY-MM-DD, the last one included. */
export interface Carried {
  readonly id: string;
  readonly huvudman: string;
  readonly schoolUnit: string;
  readonly startDate: string;
  readonly endDate?: string;
  readonly endReason?: string;
  readonly carriedFrom?: CarriedFrom;
}

/**
 * What a source asserts at a unit that has gone to another owner, in parts: what lies before that day is the former owner's and
 * keeps its id; what lies after it is the new owner's, with an id that follows from the first. Nothing goes back: what the new owner's
 * source says of an earlier time is the new owner's. It follows from the assertion and the owners alone.
 *
 * @returns the thing itself, alone, when nothing of it is carried over.
 */
export function partsOf<Thing extends Carried>(
  thing: Thing,
  owners: readonly OwnerSpan[],
): readonly Thing[] {
  const own = ownSpan(thing, owners);
  if (own === undefined || own === owners.length - 1) return [thing];
  const parts: Thing[] = [];
  for (let index = own; index < owners.length; index++) {
    const next = owners[index + 1];
    const start = index === own ? thing.startDate : laterDay(thing.startDate, owners[index]!.since);
    const lastOfOwner = next && addDays(next.since, -1);
    const end = earlierEnd(thing.endDate, lastOfOwner);
    if (end !== undefined && end < start) continue;
    const part = ending(thing, end);
    if (index === own) parts.push(part);
    else parts.push({ ...part, startDate: start, ...asCarried(thing, owners, index) });
  }
  return parts.length === 0 ? [thing] : parts;
}

function asCarried(
  { id, huvudman }: Carried,
  owners: readonly OwnerSpan[],
  index: number,
): Pick<Carried, 'id' | 'huvudman' | 'carriedFrom'> {
  const to = owners[index]!.huvudman;
  const times = owners.slice(0, index).filter((owner) => owner.huvudman === to).length;
  return {
    id: uuidV5(id, `carried over|${to}|${times}`),
    huvudman: to,
    carriedFrom: { id, huvudman },
  };
}

/** Which of its times as owner a huvudman speaks from: the last one that had begun when the thing began, else its first. */
function ownSpan(thing: Carried, owners: readonly OwnerSpan[]): number | undefined {
  if (owners.length < 2) return undefined;
  let own: number | undefined;
  for (const [index, { huvudman, since }] of owners.entries()) {
    if (huvudman !== thing.huvudman) continue;
    if (own === undefined || since <= thing.startDate) own = index;
  }
  return own;
}

/** Ends the thing on a day before its own end; that it ends there is no word of its source's. */
function ending<Thing extends Carried>(thing: Thing, end: string | undefined): Thing {
  if (end === undefined || end === thing.endDate) return thing;
  const part: { -readonly [Field in keyof Carried]: Carried[Field] } = { ...thing, endDate: end };
  delete part.endReason;
  return part as Thing;
}

/** Whose a thing is that is one thing for good, such as a group: the last owner's in its time. */
export function holderOf(
  thing: Omit<Carried, 'schoolUnit'> & { readonly schoolUnit?: string },
  ownersOf: OwnersOf,
): string {
  const { id, huvudman, schoolUnit, startDate, endDate } = thing;
  if (schoolUnit === undefined) return huvudman;
  const span = { id, huvudman, schoolUnit, startDate, ...(endDate && { endDate }) };
  return partsOf<Carried>(span, ownersOf(schoolUnit)).at(-1)!.huvudman;
}

/**
 * Where the new owner's own source speaks of the person at the unit, its word counts from the day that it names: what was carried
 * over ends the day before, or was never needed. `placeOf` says which things are at one place.
 */
export function yieldToOwner<Thing extends Carried>(
  things: readonly Thing[],
  placeOf: (thing: Thing) => string | undefined,
): readonly Thing[] {
  if (!things.some(({ carriedFrom }) => carriedFrom !== undefined)) return things;
  return things.flatMap((thing) => {
    if (thing.carriedFrom === undefined) return thing;
    const starts = things
      .filter((own) => own.carriedFrom === undefined && own.huvudman === thing.huvudman)
      .filter((own) => placeOf(own) === placeOf(thing))
      .filter((own) => (own.endDate ?? NEVER) >= thing.startDate)
      .map(({ startDate }) => startDate);
    const start = starts.reduce(earlierDay, NEVER);
    if (start <= thing.startDate) return [];
    return start > (thing.endDate ?? addDays(NEVER, -1))
      ? thing
      : ending(thing, addDays(start, -1));
  });
}

function earlierEnd(one: Day | undefined, other: Day | undefined): Day | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return earlierDay(one, other);
}

/** The huvudmän of the hub among a unit's owners. While a unit is nobody's of the hub, it stays with whom it was before. */
export function ownerSpans(
  owners: readonly UnitOwner[],
  huvudmanOf: (organisationNumber: string) => string | undefined,
): readonly OwnerSpan[] {
  const spans: OwnerSpan[] = [];
  for (const { organisationNumber, since } of owners) {
    const huvudman = huvudmanOf(organisationNumber);
    if (huvudman === undefined || spans.at(-1)?.huvudman === huvudman) continue;
    spans.push({ huvudman, since: spans.length === 0 ? '' : stockholmDay(since) });
  }
  return spans;
}
