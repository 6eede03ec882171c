import type { PersonRecord } from '../register/records.js';

/** Whether a human has separated the two, or those who they turned out to be: then only a human joins them again. */
export function areApart(one: PersonRecord, other: PersonRecord): boolean {
  return isApartFrom(one, other) || isApartFrom(other, one);
}

function isApartFrom({ apartFrom }: PersonRecord, other: PersonRecord): boolean {
  return apartFrom.length > 0 && idsOf(other).some((id) => apartFrom.includes(id));
}

function idsOf({ id, state }: PersonRecord): readonly string[] {
  return [id, ...(state?.formerIds ?? [])];
}

/** A human has separated the two. */
export function putApart(one: PersonRecord, other: PersonRecord): void {
  one.apartFrom = [...one.apartFrom, other.id];
  other.apartFrom = [...other.apartFrom, one.id];
}

/** From whom the two, who are one, are apart; no longer from each other. Asked once the state of `into` has the id of `from`. */
export function joinApart(from: PersonRecord, into: PersonRecord): readonly string[] {
  const own = idsOf(into);
  return [...new Set([...into.apartFrom, ...from.apartFrom])].filter((id) => !own.includes(id));
}
