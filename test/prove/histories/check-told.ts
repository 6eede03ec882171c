import type { AccessState } from '#canonical';
import type { AccessTold } from './access-follower.js';
import type { Fault } from './findings.js';

type Entry = AccessState['entries'][number];

/**
 * Make before break: whoever follows the events one by one always has an entry while there is one before and after; and granted,
 * moved and revoked add up to what stands.
 */
export function checkTold(
  told: readonly AccessTold[],
  before: readonly Entry[],
  after: AccessState,
): readonly Fault[] {
  const had = usableIds(before);
  const has = usableIds(after.entries);
  const standing = new Set(had);
  const faults: Fault[] = [];
  for (const { type, data } of told) {
    const { entry, from } = data.change;
    if (entry?.role !== undefined && entry.role !== 'pupil') continue;
    if (type === 'se.elevnav.access.granted' || type === 'se.elevnav.access.moved') standing.add(entry!.id); // prettier-ignore
    if (type === 'se.elevnav.access.moved') standing.delete(from!.id);
    if (type === 'se.elevnav.access.revoked') standing.delete(entry!.id);
    const isBetween = standing.size === 0 && had.size > 0 && has.size > 0;
    if (isBetween) faults.push({ kind: 'gaps', says: 'revoked before another entry was granted' });
    if (type === 'se.elevnav.access.moved' && data.securityMarking !== 'Ingen') {
      faults.push({ kind: 'leaks', says: 'a protected person’s move is told as one event' });
    }
  }
  const isSame = standing.size === has.size && [...has].every((id) => standing.has(id));
  if (!isSame) faults.push({ kind: 'divergent', says: 'what was told does not add up to what stands' }); // prettier-ignore
  return faults;
}

function usableIds(entries: readonly Entry[]): Set<string> {
  const usable = entries.filter(({ role, eppn }) => role === 'pupil' && eppn !== null);
  return new Set(usable.map(({ id }) => id));
}
