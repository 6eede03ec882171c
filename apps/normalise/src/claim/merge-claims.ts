import type { Enrolment, EppnIdentifier, PersonState, PersonStatus, SecurityMarking } from '#canonical'; // prettier-ignore
import { SECURITY_MARKINGS } from '#canonical';
import { partsOf, yieldToOwner, type UnitTimes } from '../succession/carry-over.js';
import type { Claim } from './claim-content.js';
import { endUnknown, placeOf } from './match-enrolments.js';

/** Beyond these the oldest are left out of the merged view; the claims keep them (bounds of `PersonState`). */
export const EPPNS_MAX = 50;
export const ENROLMENTS_MAX = 200;

/** What is known of a person apart from claims. */
export type BesideClaims = Pick<PersonState, 'duties' | 'tests' | 'formerIds' | 'splitFrom'>;

/**
 * The merged view of all claims about one person (design §5): the strictest marking, a death or an emigration that no register
 * contradicts, all enrolments, and EPPNs with the newest first per huvudman. It depends on the claims, and on who has owned the units, alone, not on the
 * order in which they came.
 */
export function mergeClaims(
  id: string,
  claims: readonly Claim[],
  beside: BesideClaims,
  units: UnitTimes,
): PersonState {
  const newestFirst = claims.length > 1 ? [...claims].sort(byNewest) : claims;
  const registers = newestFirst.filter((claim) => claim.kind === 'register');
  const present = registers.filter((claim) => !claim.deleted);
  const securityMarking = strictestMarking(newestFirst);
  return {
    id,
    securityMarking,
    personStatus: mergeStatus(present.length > 0 ? present : registers.slice(0, 1)),
    standing: present.length > 0 ? 'present' : 'dormant',
    eppns: mergeEppns(newestFirst),
    enrolments: mergeEnrolments(newestFirst, followsUnit(securityMarking), units),
    ...beside,
  };
}

/** The strictest of all markings, also of a claim that was dropped: only its source could have lifted it (design §6.8). */
function strictestMarking(claims: readonly Claim[]): SecurityMarking {
  let strictest = 0;
  for (const claim of claims) {
    strictest = Math.max(strictest, SECURITY_MARKINGS.indexOf(claim.content.securityMarking));
  }
  return SECURITY_MARKINGS[strictest]!;
}

/**
 * That somebody has died or emigrated revokes access at once, so it is held while another register that has the person says, or leaves it
 * at, the opposite (design §6.3): the living must not be shut out by a mistake, and no order of arrival decides.
 */
function mergeStatus(newestFirst: readonly Claim[]): PersonStatus {
  const said = newestFirst.map(({ content }) => content.personStatus);
  return said.includes('Aktiv') ? 'Aktiv' : (said[0] ?? 'Aktiv');
}

/** True while one register that has the person says that they have died or emigrated, and another says otherwise. */
export function isStatusHeld(
  claims: readonly Pick<Claim, 'kind' | 'deleted' | 'content'>[],
): boolean {
  const present = claims.filter(({ kind, deleted }) => kind === 'register' && !deleted);
  const said = present.map(({ content }) => content.personStatus);
  return said.includes('Aktiv') && said.some((status) => status !== 'Aktiv');
}

/** Newest first for each huvudman; that one of them has spoken again moves nothing of another's. */
function mergeEppns(newestFirst: readonly Claim[]): EppnIdentifier[] {
  const seen = new Set<string>();
  const eppns: EppnIdentifier[] = [];
  for (const { content, huvudman, source } of newestFirst) {
    for (const value of content.eppns) {
      const key = `${huvudman} ${value}`;
      if (seen.has(key)) continue;
      seen.add(key);
      eppns.push({ value, huvudman, source });
    }
  }
  const kept = eppns.slice(0, EPPNS_MAX);
  return kept.length > 1
    ? kept.sort((one, other) => compareText(one.huvudman, other.huvudman))
    : kept;
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Nothing of a person with skyddad folkbokföring is told to another huvudman by the hub, not even with the school (design §6.8). */
export function followsUnit(securityMarking: SecurityMarking): boolean {
  return securityMarking !== 'Skyddad folkbokföring';
}

function mergeEnrolments(
  claims: readonly Claim[],
  followsUnits: boolean,
  units: UnitTimes,
): Enrolment[] {
  const asserted = claims.flatMap((claim) =>
    claim.content.enrolments.map((enrolment) => endWithUnit(enrolment, units)),
  );
  const enrolments = followsUnits ? carryOver(asserted, units) : asserted;
  if (enrolments.length > 1) enrolments.sort(byLatestStart);
  return enrolments.slice(0, ENROLMENTS_MAX);
}

/** Nobody goes to a school that has closed: what its source still asserts there has ended, for a reason that nobody has stated. */
function endWithUnit(enrolment: Enrolment, units: UnitTimes): Enrolment {
  const day = units.closedOn(enrolment.schoolUnit);
  return day === undefined ? enrolment : endUnknown(enrolment, day);
}

/** Enrolments at units that have gone to another owner, in parts: each is the huvudman's that had the unit then. */
function carryOver(asserted: Enrolment[], { ownersOf }: UnitTimes): Enrolment[] {
  const parts = asserted.flatMap((enrolment) =>
    enrolment.cancelled ? enrolment : partsOf(enrolment, ownersOf(enrolment.schoolUnit)),
  );
  if (parts.every(({ carriedFrom }) => carriedFrom === undefined)) return parts;
  return [...yieldToOwner(parts, (one) => (one.cancelled ? undefined : placeOf(one)))];
}

function byLatestStart(left: Enrolment, right: Enrolment): number {
  if (left.startDate !== right.startDate) return left.startDate > right.startDate ? -1 : 1;
  return left.id < right.id ? -1 : 1;
}

function byNewest(left: Claim, right: Claim): number {
  if (left.modified !== right.modified) return left.modified > right.modified ? -1 : 1;
  if (left.source !== right.source) return left.source < right.source ? -1 : 1;
  return left.localId < right.localId ? -1 : 1;
}
