import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { IsInt, ValidateNested, validateSync } from 'class-validator';
import { Type } from 'class-transformer';
import 'reflect-metadata';
import { defineProblems, listProblemKinds } from './problem-kind.js';
import { problemOf } from './problem-of.js';
import { Problem } from './problem.js';
import { PROBLEMS } from './problems.js';
import { validationProblem } from './validation-pipe.js';

describe('a problem', () => {
  it('is the document of RFC 9457, with its own members beside the standard ones', () => {
    const problem = new Problem(PROBLEMS.conflict, { members: { settingId: 'a1' } });
    expect(problem.document('urn:uuid:1')).toEqual({
      type: 'urn:elevnav:problem:conflict',
      title: 'The request contradicts what holds now',
      status: 409,
      detail: 'Read what holds now and decide again.',
      instance: 'urn:uuid:1',
      settingId: 'a1',
    });
    expect(() => new Problem(PROBLEMS.conflict, { members: { status: 200 } })).toThrow('"status"');
  });

  it('says when to come back, in whole seconds, wherever waiting helps', () => {
    const after = (problem: Problem): string | undefined => problem.headers()['retry-after'];
    expect(after(new Problem(PROBLEMS['too-many-requests'], { retryAfterSeconds: 1.2 }))).toBe('2');
    expect(after(new Problem(PROBLEMS.unavailable))).toBe('5');
    expect(after(new Problem(PROBLEMS.conflict))).toBeUndefined();
  });

  it('has a code that means one thing, and a sentence that says what to do', () => {
    const wording = { status: 403, title: 'Not your source', detail: 'Ask for the source.' };
    const mine = defineProblems({ 'spec-only': wording });
    expect(mine['spec-only']).toMatchObject({ type: 'urn:elevnav:problem:spec-only' });
    expect(() => defineProblems({ 'not-found': wording })).toThrow('is taken');
    expect(() => defineProblems({ NotKebab: wording })).toThrow('kebab-case');
    expect(() => defineProblems({ 'no-error': { ...wording, status: 200 } })).toThrow('no error');
    for (const kind of listProblemKinds()) expect(kind.detail).toMatch(/^[A-Z].*\.$/);
  });
});

describe('what was thrown', () => {
  const fastify = (code: string, statusCode: number): Error =>
    Object.assign(new Error('secret detail'), { code, statusCode });
  const table: [string, unknown, string][] = [
    ['a problem', new Problem(PROBLEMS.gone), 'gone'],
    ["Nest's not found", new NotFoundException('Cannot GET /pupils/alma'), 'not-found'],
    ["Nest's bad request", new BadRequestException('secret detail'), 'bad-request'],
    ['an odd 4xx', new HttpException('secret detail', 418), 'bad-request'],
    ['an odd 5xx', new HttpException('secret detail', 507), 'internal'],
    ["Fastify's too large", fastify('FST_ERR_CTP_BODY_TOO_LARGE', 413), 'body-too-large'],
    ["Fastify's bad JSON", fastify('FST_ERR_CTP_INVALID_JSON_BODY', 400), 'malformed-body'],
    [
      'a wrapped one',
      new HttpException('x', 400, { cause: fastify('FST_ERR_CTP_EMPTY_JSON_BODY', 400) }),
      'malformed-body',
    ],
    [
      'a proto in the body',
      Object.assign(new SyntaxError('x'), { statusCode: 400 }),
      'malformed-body',
    ],
    ['an unknown error', new TypeError('secret detail'), 'internal'],
    [
      'an error with a status of its own',
      Object.assign(new Error('x'), { statusCode: 404 }),
      'internal',
    ],
    ['no error at all', 'secret detail', 'internal'],
  ];

  it.each(table)('%s gets its problem and keeps its words to itself', (_, thrown, code) => {
    const problem = problemOf(thrown);
    expect(problem.code).toBe(code);
    expect(problem.message).toBe(problem.kind.detail);
  });
});

class Place {
  @IsInt()
  'a/b~c': number;
}

class Body {
  @ValidateNested({ each: true })
  @Type(() => Place)
  places: Place[];
}

describe('a request that does not keep the contract', () => {
  it('is told each place, by JSON Pointer', () => {
    const body = Object.assign(new Body(), { places: [new Place()] });
    const problem = validationProblem(validateSync(body));
    expect(problem.options.members?.errors).toEqual([
      { pointer: '#/places/0/a~1b~0c', detail: 'a/b~c must be an integer number' },
    ]);
  });

  it('is told the first twenty places and how many more there are', () => {
    const places = Array.from({ length: 50 }, () => new Place());
    const problem = validationProblem(validateSync(Object.assign(new Body(), { places })));
    expect(problem.options.members?.errors).toHaveLength(20);
    expect(problem.options.members?.errorsOmitted).toBe(30);
  });
});
