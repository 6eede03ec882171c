import type { SchoolUnitAsserted } from '#adapters';
import { dayNumber } from '../history.js';
import { HUVUDMEN, isTravelling, OWNED_SINCE, TRAVELLING } from '../world.js';
import type { KnownEnrolment } from './known-enrolment.js';

/** Whose the travelling unit is from an instant on, and from the day of that instant. */
export interface Owner {
  readonly huvudman: string;
  readonly since: string;
  readonly from: number;
}

const FIRST: Owner = { huvudman: TRAVELLING.huvudman, since: OWNED_SINCE, from: -Infinity };
const HUVUDMAN_OF = new Map(HUVUDMEN.map(({ id, organisationNumber }) => [organisationNumber, id]));

/** The owners of the travelling unit, one after the other, by all readings of the national register in the order of their times. */
export function ownersBy(readings: readonly SchoolUnitAsserted[]): readonly Owner[] {
  const owners = [FIRST];
  const inTime = [...readings].sort((one, other) => (one.modified < other.modified ? -1 : 1));
  for (const { organisationNumber, modified } of inTime) {
    const huvudman = HUVUDMAN_OF.get(organisationNumber)!;
    if (owners.at(-1)!.huvudman === huvudman) continue;
    owners.push({ huvudman, since: modified, from: dayNumber(modified) });
  }
  return owners;
}

/** A former owner may go on speaking of what began in its time, and what it said then stands. */
export function maySpeak(
  owners: readonly Owner[],
  huvudman: string,
  said: { readonly start: number; readonly modified: string },
): boolean {
  return owners.some((owner, index) => {
    const next = owners[index + 1];
    const isInTime = next === undefined || said.start < next.from || said.modified < next.since;
    return owner.huvudman === huvudman && isInTime;
  });
}

interface Part extends KnownEnrolment {
  readonly isCarried: boolean;
}

/**
 * What is said at the travelling unit, each day of it at whoever has the unit on that day; the past of a unit stays where it was, and
 * what an owner says itself counts for more than what it has taken over.
 */
export function carryOver(
  enrolments: readonly KnownEnrolment[],
  owners: readonly Owner[],
): readonly KnownEnrolment[] {
  if (owners.length < 2) return enrolments;
  const parts = enrolments.flatMap((one) => partsOf(one, owners));
  return parts.flatMap(({ isCarried, ...part }) => {
    if (!isCarried) return [part];
    const starts = parts.filter((own) => isOwnWord(own, part)).map(({ start }) => start);
    const yields = Math.min(...starts);
    if (yields <= part.start) return [];
    return [yields > part.end ? part : { ...part, end: yields - 1 }];
  });
}

function isOwnWord(own: Part, { huvudman, unit, start }: KnownEnrolment): boolean {
  return !own.isCarried && !own.cancelled && own.huvudman === huvudman && own.unit === unit && own.end >= start; // prettier-ignore
}

function partsOf(one: KnownEnrolment, owners: readonly Owner[]): readonly Part[] {
  const whole = { ...one, isCarried: false };
  if (one.cancelled || !isTravelling(one.unit)) return [whole];
  const own = ownTime(one, owners);
  if (own === undefined) return [whole];
  const parts = owners.slice(own).flatMap((owner, index) => {
    const next = owners[own + index + 1];
    const start = index === 0 ? one.start : Math.max(one.start, owner.from);
    const end = Math.min(one.end, (next?.from ?? Infinity) - 1);
    if (end < start) return [];
    return [{ ...one, huvudman: owner.huvudman, start, end, isCarried: index > 0 }];
  });
  return parts.length === 0 ? [whole] : parts;
}

/** Of the times in which a huvudman had the unit, the last that had begun when the enrolment did; else its first. */
function ownTime(
  { huvudman, start }: KnownEnrolment,
  owners: readonly Owner[],
): number | undefined {
  const times = owners.flatMap((owner, index) => (owner.huvudman === huvudman ? [index] : []));
  return times.findLast((index) => owners[index]!.from <= start) ?? times[0];
}
