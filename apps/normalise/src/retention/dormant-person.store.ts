import type { Statement } from '#stage';
import type { DormantPerson } from './judge-retention.js';

/** Reads within a transaction, or without one. */
export type Reader = <Row>(statement: Statement, parameters: readonly unknown[]) => Promise<Row[]>;

const FIND_DORMANT: Statement = {
  name: 'normalise.find-dormant',
  text: `
    select id from normalise.person where id > $1 and dormant_since <= $2 and merged_into is null order by id limit $3`,
};

/** The next persons, by id, who have been dormant since then or longer. */
export async function findDormant(
  read: Reader,
  { after, since, max }: { readonly after: string; readonly since: Date; readonly max: number },
): Promise<string[]> {
  const rows = await read<{ id: string }>(FIND_DORMANT, [after, since, max]);
  return rows.map(({ id }) => id);
}

/** Of whom it is asked who they are: whose claim it is about, and whom its number names. Few questions are open at a time. */
const ASKED = `
    asked as materialized (
      select question.source, question.local_id, question.number_digest
      from normalise.parked join normalise.question on question.id = parked.awaits where parked.state = 'parked')`;

/** An event may have been parked under an id that the person had before. */
const READ_DORMANT: Statement = {
  name: 'normalise.read-dormant',
  text: `
    with ${ASKED}
    select person.id, person.state, person.dormant_since as "dormantSince",
      coalesce((select json_agg(json_build_object('huvudman', claim.huvudman, 'isLive', not claim.deleted))
        from normalise.claim where claim.person = person.id), '[]') as claims,
      exists (select from normalise.parked where parked.state = 'parked' and parked.subject = any (array(
        select person.id::text union all select json_array_elements_text(person.state->'formerIds')))) as "isParked",
      exists (select from asked where
        exists (select from normalise.claim where claim.person = person.id
          and claim.source = asked.source and claim.local_id = asked.local_id)
        or exists (select from normalise.identifier where identifier.person = person.id and identifier.kind = 'civic'
          and identifier.digest = asked.number_digest)) as "isAsked",
      exists (select from normalise.claim join normalise.source_heard using (source)
        where claim.person = person.id and source_heard.silent_since is not null) as "isSourceSilent"
    from normalise.person
    where person.id = any($1::uuid[]) and person.dormant_since is not null and person.merged_into is null order by person.id`,
};

/** Those of the persons who are dormant, with all that the retention hangs on; whoever has come back meanwhile is left out. */
export async function readDormant(read: Reader, ids: readonly string[]): Promise<DormantPerson[]> {
  return ids.length === 0 ? [] : read<DormantPerson>(READ_DORMANT, [ids]);
}
