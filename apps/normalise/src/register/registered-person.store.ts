import type { PersonState } from '#canonical';
import type { Stage } from '#stage';

/** A person as the register knows it, without anything that is sealed. */
export interface RegisteredPerson {
  readonly person: PersonState;
  /** How many canonical events have been said of the person. */
  readonly emitted: number;
  readonly claims: readonly object[];
  readonly identifiers: readonly object[];
}

interface Row {
  state: PersonState;
  emitted: string;
  claims: object[];
  identifiers: object[];
}

/** Marking and EPPNs are shown, digests and what is sealed are not. */
const READ_PERSON = {
  name: 'normalise.read-person',
  text: `
    select person.state, person.emitted,
      coalesce((select jsonb_agg(jsonb_build_object('source', source, 'localId', local_id, 'huvudman', huvudman, 'kind', kind,
        'modified', modified, 'deleted', deleted, 'asserted', doc, 'hasNumber', number_digest is not null) order by source, local_id)
        from normalise.claim where claim.person = person.id), '[]') as claims,
      coalesce((select jsonb_agg(jsonb_build_object('kind', kind, 'huvudmanOnly', scope <> '', 'held', held, 'since', since)
        order by kind, since) from normalise.identifier where identifier.person = person.id), '[]') as identifiers
    from normalise.person where id = $1`,
};

export async function readPerson(
  stage: Pick<Stage, 'read'>,
  id: string,
): Promise<RegisteredPerson | undefined> {
  const [row] = await stage.read<Row>(READ_PERSON, [id]);
  return (
    row && {
      person: row.state,
      emitted: Number(row.emitted),
      claims: row.claims,
      identifiers: row.identifiers,
    }
  );
}
