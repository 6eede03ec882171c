import { stockholmDay } from '#canonical';

/** Who owns a school unit by the national register, and since when that was known: an instant of the register's own time. */
export interface UnitOwner {
  readonly organisationNumber: string;
  readonly since: string;
}

/** What the register said at one time. */
export interface OwnerReading extends UnitOwner {
  /** True when nothing newer was read before (`orderClaims`). */
  readonly isNewest: boolean;
}

/**
 * The owners of a unit, one after the other, after one more reading of the register. The register does not say since when somebody
 * owns a unit: it is the first reading that names the owner after another. An older reading that comes late moves that day back, so
 * that the same readings give the same owners in whatever order they come.
 *
 * @param owners as known; empty for a unit that nothing was known of.
 * @param latest the time of the newest reading before this one.
 * @returns the same array when the reading says nothing new.
 */
export function noteOwner(
  owners: readonly UnitOwner[],
  { isNewest, ...reading }: OwnerReading,
  latest: string,
): readonly UnitOwner[] {
  const last = owners.at(-1);
  if (last === undefined) return [reading];
  if (isNewest) {
    if (isSame(last, reading)) return owners;
    const others = last.since === reading.since ? owners.slice(0, -1) : owners;
    return joined([...others, reading]);
  }
  // Whose time the late reading falls into; nobody's when it is older than all.
  const next = owners.findIndex(({ since }) => since > reading.since);
  const index = (next === -1 ? owners.length : next) - 1;
  const during = owners[index];
  if (during === undefined) return joined([reading, ...owners]);
  if (isSame(during, reading) || during.since === reading.since) return owners;
  const later = owners.slice(index + 1);
  // In the last owner's time the newest reading names that owner once more: it was another's in between.
  const after = later.length > 0 ? later : [{ ...during, since: latest }];
  return joined([...owners.slice(0, index + 1), reading, ...after]);
}

/** Readings of one owner, one after the other, are one: the first of them counts. */
function joined(owners: readonly UnitOwner[]): readonly UnitOwner[] {
  return owners.filter((owner, index) => index === 0 || !isSame(owners[index - 1]!, owner));
}

function isSame(one: UnitOwner, other: UnitOwner): boolean {
  return one.organisationNumber === other.organisationNumber;
}

/** True when the same owners followed each other on the same days: since when the first one has had the unit bears upon nothing. */
export function isSameSuccession(one: readonly UnitOwner[], other: readonly UnitOwner[]): boolean {
  return (
    one.length === other.length &&
    one.every(
      (owner, index) =>
        isSame(owner, other[index]!) && (index === 0 || owner.since === other[index]!.since),
    )
  );
}

/** When something at a unit is, and when its source said it: a day and an instant. */
export interface Spoken {
  readonly startDate: string;
  readonly modified: string;
}

/**
 * Whether a huvudman's source may speak of something at a unit (design §5): its present owner may; a former one may of what began
 * while it had the unit, and of what it said then. So a former owner's past stands, in whatever order the facts come, and it can
 * enrol nobody anew.
 */
export function mayAssert(
  owners: readonly UnitOwner[],
  organisationNumber: string | undefined,
  { startDate, modified }: Spoken,
): boolean {
  return owners.some((owner, index) => {
    if (owner.organisationNumber !== organisationNumber) return false;
    const next = owners[index + 1];
    return next === undefined || startDate < stockholmDay(next.since) || modified < next.since;
  });
}
