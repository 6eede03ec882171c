import type { UnitOfWork } from '#stage';
import { EMPTY_CONTENT } from '../claim/claim-content.js';

/** The persons, and all who turned out to be one of them, through however many merges. */
const THEIRS = `
    theirs as (
      select id from normalise.person where id = any($1::uuid[])
      union
      select person.id from theirs join normalise.person on person.merged_into = theirs.id and person.merged_into is not null)`;

/** Their claims; what is asked about these; and what is asked about others who state a number of theirs. */
const ASKED = `
    claims as materialized (select source, local_id, huvudman from normalise.claim where person = any($1::uuid[])),
    own as materialized (select question.id from normalise.question join claims using (source, local_id)),
    named as materialized (
      select question.id from normalise.question
      join normalise.identifier on identifier.kind = 'civic' and identifier.digest = question.number_digest
      where identifier.person = any($1::uuid[]) and (identifier.scope = ''
        or exists (select from claims where claims.source = question.source and claims.huvudman = identifier.scope)))`;

/**
 * Events that are parked, or were, and hold what a source said of them: all of each object that one of them is about, and those that ask
 * whether somebody unheard of is one of them. They are emptied and given up, so that none of it brings the person back; the row goes with
 * other rows that have ended, after what it was about has been told as closed. An event about somebody else that asks for one of them is
 * tried again.
 */
const ERASE_PARKED = {
  name: 'normalise.erase-parked',
  text: `
    with recursive ${THEIRS}, ${ASKED},
    keys as materialized (
      select key from normalise.parked
      where subject in (select id::text from theirs) or awaits in (select id from own)
        or subject is null and awaits in (select id from named)),
    woken as (
      update normalise.parked set due = now()
      where state = 'parked' and awaits in (select id from named) and key not in (select key from keys))
    update normalise.parked set value = null, headers = '{}', issues = '[]', due = null,
      state = case when state = 'parked' then 'discarded' else state end, ended_at = coalesce(ended_at, now())
    where key in (select key from keys)`,
};

/** What is asked, and was answered, about the claims and their numbers. Before the claims let go of their person. */
const ERASE_QUESTIONS = {
  name: 'normalise.erase-questions',
  text: `
    with ${ASKED},
    answers as (delete from normalise.answer using claims
      where answer.source = claims.source and answer.local_id = claims.local_id)
    delete from normalise.question where id in (select id from own union all select id from named)`,
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
    update normalise.source_object set person = null, holder = null, deleted = true, doc = null, content = ''
    where person = any($1::uuid[])`,
};

const ERASE_IDENTIFIERS = {
  name: 'normalise.erase-identifiers',
  text: 'delete from normalise.identifier where person = any($1::uuid[])',
};

/** The key is shredded, those of persons who turned out to be this one too: only a backup from before still opens what was sealed. */
const SHRED_KEYS = {
  name: 'normalise.shred-keys',
  text: `
    with recursive ${THEIRS}
    update normalise.person set key = '' where id in (select id from theirs)`,
};

/** Takes all rows of the persons out, in the order in which they refer to each other; the persons are locked. */
export function eraseRows(unit: UnitOfWork, persons: readonly string[]): void {
  if (persons.length === 0) return;
  unit.write(ERASE_PARKED, [persons]);
  unit.write(ERASE_QUESTIONS, [persons]);
  unit.write(ERASE_CLAIMS, [persons, JSON.stringify(EMPTY_CONTENT)]);
  unit.write(ERASE_OBJECTS, [persons]);
  unit.write(ERASE_IDENTIFIERS, [persons]);
  unit.write(SHRED_KEYS, [persons]);
}
