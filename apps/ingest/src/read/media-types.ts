import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem, PROBLEMS } from '#runtime';
import type { IngestConfig } from '../ingest.config.js';
import { tooLarge } from './body-reader.js';

/** How CloudEvents can arrive (CloudEvents HTTP binding §3; NDJSON is ours: one structured event a line). */
export type Mode = 'binary' | 'structured' | 'batch' | 'lines';

export const EVENTS_ROUTES: readonly string[] = ['/v1/events', '/v1/events/check'];

const MODES: ReadonlyMap<string, Mode> = new Map([
  ['application/json', 'binary'],
  ['application/cloudevents+json', 'structured'],
  ['application/cloudevents-batch+json', 'batch'],
  ['application/x-ndjson', 'lines'],
]);
export const ACCEPTED_MEDIA_TYPES: string[] = [...MODES.keys()];

/** @returns undefined for a media type that is not read here, or not in UTF-8. */
export function modeOf(contentType: string | undefined): Mode | undefined {
  const [essence = '', ...parameters] = (contentType ?? '').split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/i.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) return undefined;
  return MODES.get(essence.trim().toLowerCase());
}

/**
 * Makes the server hand bodies over unread: they are read behind the guard, with limits of their own. What the head of a request
 * already shows to be wrong is refused here.
 */
export function openForEvents(server: FastifyInstance, config: IngestConfig): void {
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser(ACCEPTED_MEDIA_TYPES, (_request, payload, done) =>
    done(null, payload),
  );
  // The server's own limit would cut a stream of events short; `BodyReader` has both limits instead.
  server.server.requestTimeout = (config.streamSecondsMax + config.bodySecondsMax) * 1_000;
  server.addHook('onRequest', (request, _reply, done) => {
    done(isPush(request) ? faultOfHead(request, config) : undefined);
  });
}

function isPush(request: FastifyRequest): boolean {
  return request.method === 'POST' && EVENTS_ROUTES.includes(request.routeOptions.url ?? '');
}

function faultOfHead(request: FastifyRequest, config: IngestConfig): Problem | undefined {
  const { headers } = request;
  const mode = modeOf(headers['content-type']);
  if (mode === undefined) return unsupported('Send one of the media types in accepted, in UTF-8.');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return unsupported('Send the body without Content-Encoding; it is not unpacked here.');
  }
  const bytesMax = mode === 'lines' ? config.streamBytesMax : config.bodyBytesMax;
  return Number(headers['content-length']) > bytesMax ? tooLarge(bytesMax) : undefined;
}

function unsupported(detail: string): Problem {
  return new Problem(PROBLEMS['unsupported-media-type'], {
    detail,
    members: { accepted: ACCEPTED_MEDIA_TYPES },
    headers: { 'accept-post': ACCEPTED_MEDIA_TYPES.join(', '), connection: 'close' },
  });
}
