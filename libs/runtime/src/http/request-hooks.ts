import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log/log.js';
import type { Metrics } from '../metrics/metrics.js';
import { Problem } from '../problem/problem.js';
import { PROBLEMS } from '../problem/problems.js';
import type { Shutdown } from '../shutdown/shutdown.js';
import { notesOnRequest } from './request-notes.js';

interface Parts {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly shutdown: Shutdown;
}

/** Routes asked every few seconds by machines: their lines are of use to who debugs a probe. */
const PROBES = new Set(['/health/live', '/health/ready', '/metrics']);

/** One wide line and one measurement a request; nothing is kept by caches; a stopping process takes no more work. */
export function addRequestHooks(server: FastifyInstance, { log, metrics, shutdown }: Parts): void {
  const seconds = metrics.histogram(
    'elevnav_http_request_seconds',
    'Time from the head of a request to the end of its answer.',
    { labels: ['method', 'route', 'status'] },
  );
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('cache-control', 'no-store');
    if (!shutdown.isClosing || PROBES.has(routeOf(request))) return done();
    void reply.header('connection', 'close');
    done(new Problem(PROBLEMS.closing, { retryAfterSeconds: 1 }));
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    const { method } = request;
    const status = String(reply.statusCode);
    seconds.observe(reply.elapsedTime / 1_000, { method, route, status });
    writeLine(log, request, reply);
    done();
  });
}

/** The route's pattern, never the address: that may hold an id of a pupil. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? '(none)';
}

function writeLine(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  const route = routeOf(request);
  const { statusCode } = reply;
  const isProbe = PROBES.has(route) && statusCode < 500;
  const level = isProbe ? 'debug' : statusCode >= 500 ? 'warn' : 'info';
  if (!log.writes(level)) return;
  const { principal, problem, reference } = notesOnRequest(request);
  const outcome = statusCode >= 500 ? 'failed' : statusCode >= 400 ? 'refused' : 'answered';
  log.line(
    {
      outcome,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      method: request.method,
      route,
      status: statusCode,
      clientId: principal?.clientId,
      problem,
      reference,
    },
    level,
  );
}
