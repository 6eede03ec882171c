import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { Problem, PROBLEMS } from '#runtime';
import { INGEST_PROBLEMS } from '../ingest-problems.js';
import type { Mode } from './media-types.js';

/** Stands for a line that cannot be parsed, among parsed ones; judged as what it is, not an event. */
export const NOT_JSON = Symbol('elevnav:not-json');

const ATTRIBUTE_HEADER = /^ce-([a-z0-9]{1,20})$/;

/**
 * Parses the body of one event or one batch into events in structured form. Each body is parsed once.
 *
 * @throws Problem 400 when the body is not JSON or not of its mode's shape, 413 when the batch has too many events.
 */
export function parseEvents(
  mode: Exclude<Mode, 'lines'>,
  body: Buffer,
  { headers, eventsMax }: { readonly headers: IncomingHttpHeaders; readonly eventsMax: number },
): readonly unknown[] {
  const parsed = parseJson(body);
  if (mode === 'binary') return [{ ...attributesIn(headers), data: parsed }];
  if (mode === 'structured') {
    if (Array.isArray(parsed)) {
      throw malformed('Send a batch as application/cloudevents-batch+json.');
    }
    return [parsed];
  }
  if (!Array.isArray(parsed)) {
    throw malformed('Send an array of events, or one event as application/cloudevents+json.');
  }
  if (parsed.length > eventsMax) {
    throw new Problem(INGEST_PROBLEMS['too-many-events'], { members: { eventsMax } });
  }
  return parsed;
}

/** @returns what the line says, or `NOT_JSON`. */
export function parseLine(line: Buffer): unknown {
  if (!isUtf8(line)) return NOT_JSON;
  try {
    return JSON.parse(line.toString('utf8')) as unknown;
  } catch {
    return NOT_JSON;
  }
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw malformed('The body is empty; send the event as JSON.');
  const parsed = parseLine(body);
  if (parsed === NOT_JSON) throw malformed(PROBLEMS['malformed-body'].detail);
  return parsed;
}

function malformed(detail: string): Problem {
  return new Problem(PROBLEMS['malformed-body'], { detail });
}

/** CloudEvents HTTP binding §3.1: attributes are headers `ce-…`, percent-encoded; Content-Type is `datacontenttype`. */
function attributesIn(headers: IncomingHttpHeaders): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [header, value] of Object.entries(headers)) {
    const name = ATTRIBUTE_HEADER.exec(header)?.[1];
    if (name !== undefined && name !== 'data' && typeof value === 'string') {
      attributes[name] = decode(value);
    }
  }
  if (Object.keys(attributes).length === 0) {
    throw new Problem(PROBLEMS['bad-request'], {
      detail:
        'Send the attributes as headers ce-specversion, ce-id, ce-source and ce-type beside application/json, ' +
        'or the whole event as application/cloudevents+json.',
    });
  }
  const traceparent = headers.traceparent;
  if (attributes.traceparent === undefined && typeof traceparent === 'string') {
    attributes.traceparent = traceparent;
  }
  attributes.datacontenttype = headers['content-type'] ?? 'application/json';
  return attributes;
}

function decode(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
