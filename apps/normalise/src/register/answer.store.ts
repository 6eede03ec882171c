import type { Stage, UnitOfWork } from '#stage';
import type { Needs } from './needs.js';
import type { AnswerRecord, QuestionRecord } from './records.js';

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

const FORGET_ANSWERS = {
  name: 'normalise.forget-answers',
  text: `
    delete from normalise.answer using unnest($1::text[], $2::text[]) as claim(source, local_id)
    where answer.source = claim.source and answer.local_id = claim.local_id and answer.answer = 'same-person'`,
};

/** That the claims are one person's, a human has taken back. */
export function forgetAnswers(
  unit: UnitOfWork,
  claims: readonly Pick<AnswerRecord, 'source' | 'localId'>[],
): void {
  unit.write(FORGET_ANSWERS, [
    claims.map(({ source }) => source),
    claims.map(({ localId }) => localId),
  ]);
}

const SAVE_QUESTIONS = {
  name: 'normalise.save-questions',
  text: `
    insert into normalise.question (id, source, local_id, number_digest)
    select id, source, local_id, decode(number_digest, 'hex')
      from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as row(id, source, local_id, number_digest)
    on conflict (id) do nothing`,
};

/** Asked once, however often the event that asks is tried again. */
export function saveQuestions(unit: UnitOfWork, questions: readonly QuestionRecord[]): void {
  if (questions.length === 0) return;
  unit.write(SAVE_QUESTIONS, [
    questions.map(({ id }) => id),
    questions.map(({ source }) => source),
    questions.map(({ localId }) => localId),
    questions.map(({ numberDigest }) => numberDigest),
  ]);
}

const FIND_QUESTIONS = {
  name: 'normalise.find-questions',
  text: `
    select id, source, local_id as "localId", encode(number_digest, 'hex') as "numberDigest"
    from normalise.question where id = any($1::text[])`,
};

export async function findQuestions(
  unit: UnitOfWork,
  ids: readonly string[],
): Promise<QuestionRecord[]> {
  return ids.length === 0 ? [] : unit.query<QuestionRecord>(FIND_QUESTIONS, [ids]);
}

/** A question that is not answered yet, for administrators; whom it is about only the source knows. */
export interface OpenQuestion {
  readonly question: string;
  readonly source: string;
  readonly since: Date;
  /** Events that wait for the answer. */
  readonly events: number;
}

const OPEN_QUESTIONS = {
  name: 'normalise.open-questions',
  text: `
    select question.id as question, question.source, question.since, count(*)::int as events
    from normalise.question join normalise.parked on parked.awaits = question.id and parked.state = 'parked'
    where question.id not like $2 group by question.id order by question.since limit $1`,
};

/** The oldest first. @param except questions whose ids are like this are left out. */
export function openQuestions(
  stage: Pick<Stage, 'read'>,
  max: number,
  except: string,
): Promise<OpenQuestion[]> {
  return stage.read<OpenQuestion>(OPEN_QUESTIONS, [max, except]);
}
