import { Problem } from '#runtime';
import { modeOf } from './media-types.js';
import { NOT_JSON, parseEvents, parseLine } from './parse-events.js';

const BINARY = {
  'content-type': 'application/json',
  'ce-specversion': '1.0',
  'ce-id': 'e%201',
  'ce-source': 'urn:x',
  'ce-data': 'not an attribute',
  host: 'hub',
};

function problemIn(read: () => unknown): Problem {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('The media type says how events arrive', () => {
  it.each([
    ['application/json', 'binary'],
    ['Application/CloudEvents+JSON; charset=UTF-8', 'structured'],
    ['application/cloudevents-batch+json;charset="utf-8"', 'batch'],
    ['application/x-ndjson', 'lines'],
    ['application/cloudevents+json; charset=latin1', undefined],
    ['text/plain', undefined],
    ['__proto__', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%p is read as %p', (mediaType, mode) => {
    expect(modeOf(mediaType)).toBe(mode);
  });
});

describe('A body is parsed', () => {
  const options = { headers: {}, eventsMax: 2 };

  it('with the attributes of binary mode from its headers, percent-decoded', () => {
    const [event] = parseEvents('binary', Buffer.from('{"a":1}'), { ...options, headers: BINARY });
    expect(event).toEqual({
      specversion: '1.0',
      id: 'e 1',
      source: 'urn:x',
      datacontenttype: 'application/json',
      data: { a: 1 },
    });
  });

  it('not as binary mode when no attribute came', () => {
    expect(problemIn(() => parseEvents('binary', Buffer.from('{}'), options)).status).toBe(400);
  });

  it.each(['', '{', 'nul', '{"a":\u0000}'])('not when it is no JSON: %j', (text) => {
    const problem = problemIn(() => parseEvents('structured', Buffer.from(text), options));
    expect(problem.code).toBe('malformed-body');
  });

  it('not when it is no UTF-8', () => {
    const latin1 = Buffer.from('{"name":"Åsa"}', 'latin1');
    expect(problemIn(() => parseEvents('structured', latin1, options)).code).toBe('malformed-body');
    expect(parseLine(latin1)).toBe(NOT_JSON);
  });

  it('not when an array comes as one event, or one event as a batch', () => {
    const one = problemIn(() => parseEvents('structured', Buffer.from('[]'), options));
    const batch = problemIn(() => parseEvents('batch', Buffer.from('{}'), options));
    expect(one.message).toContain('application/cloudevents-batch+json');
    expect(batch.message).toContain('application/cloudevents+json');
  });

  it('not when the batch holds too many events', () => {
    const problem = problemIn(() => parseEvents('batch', Buffer.from('[1,2,3]'), options));
    expect([problem.status, problem.code]).toEqual([413, 'too-many-events']);
  });
});
