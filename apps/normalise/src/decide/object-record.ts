import type { SourceFact } from '../facts/source-fact.js';
import type { ObjectKind, ObjectRecord } from '../register/records.js';
import type { Register } from '../register/register.js';

interface PutObject {
  readonly kind: ObjectKind;
  readonly person: string | null;
  /** Of a duty: the local id of its person. */
  readonly holder?: string | null;
  readonly entity: unknown;
}

/** Writes a newer version of an object that a source owns; an unknown one is made. Deleted ones stay, as tombstones. */
export function putObject(
  { objectId, source, version }: SourceFact,
  register: Register,
  what: PutObject,
): ObjectRecord {
  const held = register.objects.get(objectId);
  if (held !== undefined) {
    return Object.assign(held, version, {
      person: what.person,
      holder: what.holder ?? null,
      entity: what.entity,
      isChanged: true,
    });
  }
  const record: ObjectRecord = {
    id: objectId,
    kind: what.kind,
    source: source.id,
    person: what.person,
    holder: what.holder ?? null,
    entity: what.entity,
    ...version,
    emitted: 0,
    isNew: true,
    isChanged: true,
  };
  register.objects.set(objectId, record);
  return record;
}

/** True when a newer version says nothing new; only its time is noted then. */
export function noteUnchanged({ version }: SourceFact, held: ObjectRecord | undefined): boolean {
  if (held === undefined || held.content !== version.content || held.deleted !== version.deleted) {
    return false;
  }
  Object.assign(held, version, { isChanged: true });
  return true;
}

/** The entity of an object that stands: not unknown, not deleted. */
export function standingEntity<Entity>(held: ObjectRecord | undefined): Entity | null {
  return held === undefined || held.deleted ? null : (held.entity as Entity | null);
}
