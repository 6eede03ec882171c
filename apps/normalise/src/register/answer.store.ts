import type { UnitOfWork } from '#stage';
import type { Needs } from './needs.js';
import type { AnswerRecord } from './records.js';

const FIND_ANSWERS = {
  name: 'normalise.find-answers',
  text: `
    select answer.source, answer.local_id as "localId", encode(answer.number_digest, 'hex') as "numberDigest", answer.answer
    from unnest($1::text[], $2::text[]) as wanted(source, local_id)
    join normalise.answer using (source, local_id)`,
};

/** What humans have answered about the claims that the batch states a number of. */
export async function findAnswers(unit: UnitOfWork, { answers }: Needs): Promise<AnswerRecord[]> {
  if (answers.size === 0) return [];
  const wanted = [...answers.values()];
  return unit.query<AnswerRecord>(FIND_ANSWERS, [
    wanted.map(({ source }) => source),
    wanted.map(({ localId }) => localId),
  ]);
}

const SAVE_ANSWERS = {
  name: 'normalise.save-answers',
  text: `
    insert into normalise.answer (source, local_id, number_digest, answer, answered_by)
    select source, local_id, decode(number_digest, 'hex'), answer, answered_by
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
        as row(source, local_id, number_digest, answer, answered_by)
    on conflict (source, local_id) do update set number_digest = excluded.number_digest, answer = excluded.answer,
      answered_by = excluded.answered_by, at = now()`,
};

/** The last answer about a claim holds. */
export function saveAnswers(
  unit: UnitOfWork,
  answers: readonly (AnswerRecord & { readonly answeredBy: string })[],
): void {
  if (answers.length === 0) return;
  unit.write(SAVE_ANSWERS, [
    answers.map(({ source }) => source),
    answers.map(({ localId }) => localId),
    answers.map(({ numberDigest }) => numberDigest),
    answers.map(({ answer }) => answer),
    answers.map(({ answeredBy }) => answeredBy),
  ]);
}
