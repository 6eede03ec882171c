import { HttpException } from '@nestjs/common';
import type { ProblemKind } from './problem-kind.js';
import { Problem } from './problem.js';
import { PROBLEMS } from './problems.js';

/** The kind that stands for a bare status; what is not here becomes `bad-request` or `internal`. */
const KIND_BY_STATUS: Readonly<Record<number, ProblemKind>> = {
  400: PROBLEMS['bad-request'],
  401: PROBLEMS['token-invalid'],
  403: PROBLEMS.forbidden,
  404: PROBLEMS['not-found'],
  405: PROBLEMS['method-not-allowed'],
  406: PROBLEMS['not-acceptable'],
  408: PROBLEMS['request-timeout'],
  409: PROBLEMS.conflict,
  410: PROBLEMS.gone,
  413: PROBLEMS['body-too-large'],
  414: PROBLEMS['address-too-long'],
  415: PROBLEMS['unsupported-media-type'],
  429: PROBLEMS['too-many-requests'],
  431: PROBLEMS['headers-too-large'],
  503: PROBLEMS.unavailable,
};

/** Fastify's codes for a body that is not what its media type says. */
const MALFORMED_BODY = new Set([
  'FST_ERR_CTP_INVALID_JSON_BODY',
  'FST_ERR_CTP_EMPTY_JSON_BODY',
  'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
  'FST_ERR_CTP_BODY_ALREADY_READ',
]);

/**
 * Tells what to answer to whatever was thrown. Messages of other makers' errors are not repeated: a JSON parser quotes
 * the body and a router the address, and either can name a pupil.
 *
 * @returns a Problem; one of kind `internal` when the error is a fault of ours.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) {
    const kind = isMalformedBody(error.cause)
      ? PROBLEMS['malformed-body']
      : kindOf(error.getStatus());
    return new Problem(kind, { cause: error });
  }
  if (isMalformedBody(error)) return new Problem(PROBLEMS['malformed-body'], { cause: error });
  const status = statusOfFastifyError(error);
  const kind = status === undefined ? PROBLEMS.internal : kindOf(status);
  return new Problem(kind, { cause: error });
}

function kindOf(status: number): ProblemKind {
  const kind = KIND_BY_STATUS[status];
  if (kind !== undefined) return kind;
  return status >= 400 && status < 500 ? PROBLEMS['bad-request'] : PROBLEMS.internal;
}

/** Fastify's parser throws either its own error or a plain SyntaxError with status 400 (a `__proto__` in the body). */
function isMalformedBody(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code === 'string' && MALFORMED_BODY.has(code)) return true;
  return error instanceof SyntaxError && statusCode === 400;
}

function statusOfFastifyError(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const isFastify = typeof code === 'string' && code.startsWith('FST_');
  return isFastify && typeof statusCode === 'number' ? statusCode : undefined;
}
