import type { Line } from '../read/stream-lines.js';
import { LineTally } from './line-tally.js';
import { problemOfRefusals, tellVerdicts } from './tell-verdicts.js';
import type { Refusal, Verdict } from './judge-event.js';
import { Problem, PROBLEMS } from '#runtime';

const accepted: Verdict = {
  verdict: 'accepted',
  id: 'e-1',
  cause: 'urn:x e-1',
  type: 't',
  record: { topic: 'source.absence', key: 'k', headers: {}, value: '{}' },
  redacted: [],
};
const refused = (code: Refusal['code'], id?: string): Refusal => ({
  verdict: 'refused',
  ...(id && { id }),
  code,
  issues: [{ pointer: '/type', says: 'must be known' }],
});
const line = (number: number): Line => ({ number, content: Buffer.from('{}') });

describe('The answer to a batch', () => {
  it('tells of each event, in order, what became of it', () => {
    expect(tellVerdicts([accepted, refused('unknown-type', 'e-2')])).toEqual({
      accepted: 1,
      refused: 1,
      events: [
        { id: 'e-1', verdict: 'accepted' },
        { id: 'e-2', verdict: 'refused', code: 'unknown-type', issues: [{ pointer: '/type', says: 'must be known' }] },
      ],
    }); // prettier-ignore
  });

  it('names of an accepted event what of its data is not kept, by pointers alone', () => {
    const redacted = ['/addresses', '/enrolments/*/?'];
    expect(tellVerdicts([{ ...accepted, redacted }]).events).toEqual([
      { id: 'e-1', verdict: 'accepted', redacted: ['/data/addresses', '/data/enrolments/*/?'] },
    ]);
  });

  it('tells of an accepted event what it would be parked for, where somebody asked', () => {
    const foreseen = [{ pointer: '/data/name', says: 'must be there' }];
    const told = { id: 'e-1', verdict: 'accepted', then: 'parked', code: 'bad-data', issues: foreseen }; // prettier-ignore
    expect(tellVerdicts([{ ...accepted, foreseen }]).events).toEqual([told]);
    const tally = new LineTally(1);
    tally.add([line(1), line(2), line(4)], [accepted, { ...accepted, foreseen }, { ...accepted, foreseen }]); // prettier-ignore
    expect(tally.answer()).toEqual({ accepted: 3, refused: 0, refusals: [], parking: [{ line: 2, ...told }] }); // prettier-ignore
  });

  it('is the problem that all events share, when none was accepted', () => {
    const told = [{ pointer: '#/0', refusal: refused('not-your-source', 'e-1') }];
    const problem = problemOfRefusals(told, 1);
    expect([problem.status, problem.code]).toEqual([403, 'not-your-source']);
    expect(problem.options.members).toEqual({
      accepted: 0,
      refused: 1,
      errors: [
        { pointer: '#/0/type', detail: 'must be known', code: 'not-your-source', id: 'e-1' },
      ],
    });
  });

  it('is a problem of its own, when they were refused for different reasons', () => {
    const told = [
      { pointer: '#/0', refusal: refused('not-your-source') },
      { pointer: '#/1', refusal: refused('bad-data') },
    ];
    expect(problemOfRefusals(told, 2)).toMatchObject({ status: 422, code: 'events-refused' });
  });
});

describe('The answer to lines', () => {
  it('counts all and tells the first refusals', () => {
    const tally = new LineTally(2);
    tally.add([line(1), line(3)], [accepted, refused('bad-data', 'a')]);
    tally.add([line(4), line(5)], [refused('bad-data', 'b'), refused('bad-data', 'c')]);
    expect(tally.answer()).toMatchObject({ accepted: 1, refused: 3 });
    expect(tally.answer().refusals.map((told) => [told.line, told.id])).toEqual([[3, 'a'], [4, 'b']]); // prettier-ignore
  });

  it('is a problem with the lines named, when no line was accepted', () => {
    const tally = new LineTally(2);
    tally.add([line(7)], [refused('bad-data')]);
    expect(() => tally.answer()).toThrow(Problem);
  });

  it('says where to go on when the stream broke off, and keeps the status of what broke it', () => {
    const tally = new LineTally(2);
    tally.add([line(1), line(2)], [accepted, refused('bad-data', 'b')]);
    const broken = tally.brokenOff(new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 9 }));
    expect(broken).toMatchObject({
      status: 503,
      options: {
        retryAfterSeconds: 9,
        members: { accepted: 1, refused: 1, resumeAtLine: 3, refusals: [{ line: 2, id: 'b', code: 'bad-data' }] },
      },
    }); // prettier-ignore
  });
});
