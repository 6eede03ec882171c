import type { UnitOfWork } from '#stage';
import type { RecordObjects, Removal } from './records.js';

const END_PERSONS = {
  name: 'normalise.end-persons',
  text: `
    update normalise.person as person set merged_into = ended.into_id
    from unnest($1::uuid[], $2::uuid[]) as ended(id, into_id) where person.id = ended.id`,
};

/** All that referred to a person who turned out to be another; of two who are dormant the one who has been for less long counts. */
const MOVE_ALL = {
  name: 'normalise.move-all',
  text: `
    with pairs as (select * from unnest($1::uuid[], $2::uuid[]) as pair(from_id, to_id)),
    dormancy as (
      update normalise.person as survivor set dormant_since = greatest(survivor.dormant_since, gone.dormant_since)
      from pairs join normalise.person as gone on gone.id = pairs.from_id
      where survivor.id = pairs.to_id and survivor.dormant_since is not null),
    identifiers as (
      update normalise.identifier as identifier set person = pairs.to_id from pairs where identifier.person = pairs.from_id),
    claims as (
      update normalise.claim as claim set person = pairs.to_id from pairs where claim.person = pairs.from_id)
    update normalise.source_object as object set person = pairs.to_id from pairs where object.person = pairs.from_id`,
};

const MOVE_OBJECTS = {
  name: 'normalise.move-objects',
  text: `
    update normalise.source_object as object set person = moved.to_id
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) as moved(from_id, to_id, source, holder)
    where object.person = moved.from_id and object.source = moved.source and object.holder is not distinct from moved.holder`,
};

const MOVE_EPPNS = {
  name: 'normalise.move-eppns',
  text: `
    update normalise.identifier as identifier set person = moved.to_id, since = now()
    from unnest($1::uuid[], $2::uuid[], $3::text[]) as moved(from_id, to_id, huvudman)
    where identifier.person = moved.from_id and identifier.kind = 'eppn' and identifier.huvudman = moved.huvudman`,
};

const MOVE_IDENTIFIERS = {
  name: 'normalise.move-identifiers',
  text: `
    update normalise.identifier as identifier set person = moved.to_id, since = now()
    from (select from_id, to_id, kind, decode(digest, 'hex') as digest, scope
            from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) as row(from_id, to_id, kind, digest, scope)) as moved
    where identifier.person = moved.from_id and identifier.kind = moved.kind and identifier.digest = moved.digest
      and identifier.scope = moved.scope`,
};

/**
 * Moves what is stored of persons who were merged or separated, whether or not the batch has read it, one after the other: who was
 * separated may have been merged again. It comes before the batch's own rows, which are then written over it; both persons are locked.
 */
export function saveRemovals(unit: UnitOfWork, removals: readonly Removal[]): void {
  for (const removal of removals) {
    if (removal.objects === null) saveMerge(unit, removal);
    else saveSeparation(unit, { ...removal, objects: removal.objects });
  }
}

function saveMerge(unit: UnitOfWork, { from, to }: Removal): void {
  unit.write(END_PERSONS, [[from], [to]]);
  unit.write(MOVE_ALL, [[from], [to]]);
}

function saveSeparation(
  unit: UnitOfWork,
  {
    from,
    to,
    objects,
    huvudmen,
    identifiers,
  }: Removal & { readonly objects: readonly RecordObjects[] },
): void {
  if (objects.length > 0) {
    unit.write(MOVE_OBJECTS, [
      objects.map(() => from),
      objects.map(() => to),
      objects.map(({ source }) => source),
      objects.map(({ holder }) => holder),
    ]);
  }
  if (huvudmen.length > 0) {
    unit.write(MOVE_EPPNS, [huvudmen.map(() => from), huvudmen.map(() => to), huvudmen]);
  }
  if (identifiers.length > 0) {
    unit.write(MOVE_IDENTIFIERS, [
      identifiers.map(() => from),
      identifiers.map(() => to),
      identifiers.map(({ kind }) => kind),
      identifiers.map(({ digest }) => digest),
      identifiers.map(({ scope }) => scope),
    ]);
  }
}
