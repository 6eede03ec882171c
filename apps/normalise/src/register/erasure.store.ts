import type { UnitOfWork } from '#stage';
import { EMPTY_CONTENT } from '../claim/claim-content.js';

/** What is asked, and was answered, about the claims. Before the claims let go of their person. */
const ERASE_QUESTIONS = {
  name: 'normalise.erase-questions',
  text: `
    with claims as (select source, local_id from normalise.claim where person = any($1::uuid[])),
    answers as (delete from normalise.answer using claims
      where answer.source = claims.source and answer.local_id = claims.local_id)
    delete from normalise.question using claims where question.source = claims.source and question.local_id = claims.local_id`,
};

/** A claim stays as a tombstone, so that older news of it stays deleted; newer news is a new person's (design §5). */
const ERASE_CLAIMS = {
  name: 'normalise.erase-claims',
  text: `
    update normalise.claim set person = null, deleted = true, doc = $2::json, sealed = null, sealed_digest = null,
      number_digest = null, number_kind = null, content = ''
    where person = any($1::uuid[])`,
};

const ERASE_OBJECTS = {
  name: 'normalise.erase-objects',
  text: `
    update normalise.source_object set person = null, deleted = true, doc = null, content = '' where person = any($1::uuid[])`,
};

const ERASE_IDENTIFIERS = {
  name: 'normalise.erase-identifiers',
  text: 'delete from normalise.identifier where person = any($1::uuid[])',
};

/** The key is shredded, those of persons who turned out to be this one too: only a backup from before still opens what was sealed. */
const SHRED_KEYS = {
  name: 'normalise.shred-keys',
  text: `update normalise.person set key = '' where id = any($1::uuid[]) or merged_into = any($1::uuid[])`,
};

/** Takes all rows of the persons out, in the order in which they refer to each other; the persons are locked. */
export function eraseRows(unit: UnitOfWork, persons: readonly string[]): void {
  if (persons.length === 0) return;
  unit.write(ERASE_QUESTIONS, [persons]);
  unit.write(ERASE_CLAIMS, [persons, JSON.stringify(EMPTY_CONTENT)]);
  unit.write(ERASE_OBJECTS, [persons]);
  unit.write(ERASE_IDENTIFIERS, [persons]);
  unit.write(SHRED_KEYS, [persons]);
}
