import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from '../problem/problem-of.js';
import type { ProblemKind } from '../problem/problem-kind.js';
import { Problem, PROBLEM_MEDIA_TYPE } from '../problem/problem.js';
import { PROBLEMS } from '../problem/problems.js';
import type { HttpConfig } from './http.config.js';

const HEADERS_BYTES_MAX = 16_384;
const PARAMETER_LENGTH_MAX = 200;
const IDLE_CONNECTION_LIMIT_MS = 72_000;
/** Node looks for requests past their limit this often; its own default of 30 s would triple our limit. */
const LIMIT_LOOK_MS = 1_000;

/** Fastify with a limit on everything, and problem details also where a request never reaches Nest. */
export function httpServer(config: HttpConfig): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: config.bodyLimitBytes,
    requestTimeout: config.requestLimitMs,
    keepAliveTimeout: IDLE_CONNECTION_LIMIT_MS,
    trustProxy: false,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    http: {
      maxHeaderSize: HEADERS_BYTES_MAX,
      connectionsCheckingInterval: LIMIT_LOOK_MS,
      headersTimeout: config.requestLimitMs,
    },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => {
      const problem = problemOf(error);
      void reply
        .code(problem.status)
        .header('content-type', PROBLEM_MEDIA_TYPE)
        .header('x-content-type-options', 'nosniff')
        .send(bodyOf(problem));
    },
  });
  const server = adapter.getInstance();
  server.server.maxConnections = config.connectionsMax;
  // Only JSON is understood unless a stage adds a parser.
  server.removeContentTypeParser('text/plain');
  return adapter;
}

/** What Node's parser refuses has no request and no reply, only a socket. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const problem = new Problem(kindOfBrokenRequest(error.code));
  const body = bodyOf(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.kind.title}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      `Content-Length: ${body.byteLength}`,
      'Connection: close',
      '',
      body.toString(),
    ].join('\r\n'),
  );
}

function kindOfBrokenRequest(code: string | undefined): ProblemKind {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return PROBLEMS['request-timeout'];
  if (code === 'HPE_HEADER_OVERFLOW') return PROBLEMS['headers-too-large'];
  return PROBLEMS['bad-request'];
}

function bodyOf(problem: Problem): Buffer {
  return problem.body(`urn:uuid:${randomUUID()}`);
}
