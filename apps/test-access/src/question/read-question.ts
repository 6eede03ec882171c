import type { FastifyInstance } from 'fastify';
import { PROBLEMS, Problem } from '#runtime';

export const QUESTIONS_ROUTE = '/v1/access/questions';
/** An EPPN of 320 characters, and room around it. */
export const QUESTION_BYTES_MAX = 2_048;

const EPPN_LENGTH_MAX = 320;
/** `uid@scope`: exactly one '@' (standards §2.8). */
const EPPN = /^[^@\s]+@[^@\s]+$/;

/**
 * By hand, so that no error repeats anything of the body: its names too may be an EPPN.
 *
 * @throws Problem 400 that says what is expected.
 */
export function readQuestion(body: unknown): string {
  const { eppn, ...others } = (isObject(body) ? body : {}) as { readonly eppn?: unknown };
  const errors = [];
  if (!isEppn(eppn)) {
    errors.push({
      pointer: '#/eppn',
      detail: 'must be an EPPN: uid@scope, at most 320 characters',
    });
  }
  if (Object.keys(others).length > 0) {
    errors.push({ pointer: '#', detail: 'must have the member eppn and no other' });
  }
  if (errors.length > 0) throw new Problem(PROBLEMS['validation-failed'], { members: { errors } });
  return eppn as string;
}

/** No larger body is read; must be called before the routes are registered. */
export function limitQuestions(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    if (route.url === QUESTIONS_ROUTE) route.bodyLimit = QUESTION_BYTES_MAX;
  });
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null && !Array.isArray(body);
}

function isEppn(value: unknown): value is string {
  return typeof value === 'string' && value.length <= EPPN_LENGTH_MAX && EPPN.test(value);
}
