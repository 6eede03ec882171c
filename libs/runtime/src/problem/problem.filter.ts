import { randomUUID } from 'node:crypto';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noteOnRequest } from '../http/request-notes.js';
import type { Log } from '../log/log.js';
import { problemOf } from './problem-of.js';
import { PROBLEM_MEDIA_TYPE } from './problem.js';

/**
 * Every HTTP error leaves as `application/problem+json` (RFC 9457). `instance` is a fresh id: for 5xx it stands in the
 * log beside the cause, of which the answer says nothing.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    const reference = randomUUID();
    noteOnRequest(request, { problem: problem.code, reference });
    if (problem.code === 'internal') {
      this.log.failure('A request failed', problem.cause ?? problem, { reference });
    }
    // Half an answer cannot be taken back; cutting the connection is how the caller learns of it.
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    void reply
      .code(problem.status)
      .headers(problem.headers())
      .header('content-type', PROBLEM_MEDIA_TYPE)
      .header('cache-control', 'no-store')
      .send(problem.body(`urn:uuid:${reference}`));
  }
}
