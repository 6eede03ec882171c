import type { Duty } from '#canonical';
import { lastDropAt } from '../claim/order-lists.js';
import type { ObjectRecord, PersonRecord } from '../register/records.js';
import { standingEntity } from './object-record.js';

/** Of whom a source says that they hold the duty, by its own local id. */
type Holder = Pick<ObjectRecord, 'source' | 'holder'>;

/**
 * A duty ends when its source drops the person whom it names, and stays ended until the source tells of it again, later than that by its
 * own time: whoever is taken back has the duties that are told from then on. It follows from what the source said and when, not from the
 * order of arrival. Duties that other sources assert of the person stand.
 */
export function standingDuty(object: ObjectRecord, person: PersonRecord): Duty | null {
  const duty = standingEntity<Duty>(object);
  return duty !== null && isOver(object, object.modified, person) ? null : duty;
}

/** True for a duty, told at that time, whose person its source has dropped since. */
export function isOver(holder: Holder, modified: string, person: PersonRecord): boolean {
  return modified <= droppedAt(holder, person);
}

/** Where the hub has not kept which of a source's records the duty names, all of them must have been dropped. */
function droppedAt({ source, holder }: Holder, { claims }: PersonRecord): string {
  const drops = claims
    .filter((claim) => claim.kind === 'register' && claim.source === source)
    .filter(({ localId }) => holder === null || localId === holder)
    .map(lastDropAt);
  return drops.sort()[0] ?? '';
}
