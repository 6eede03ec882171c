import { connect } from 'node:net';
import { Body, Controller, Get, Inject, Module, OnModuleInit, Post, Res } from '@nestjs/common';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { FastifyReply } from 'fastify';
import { IsInt, IsString } from 'class-validator';
import { Public } from '../authentication/route-access.js';
import { CLOCK, type Clock } from '../clock/clock.js';
import { SteppableClock } from '../clock/steppable-clock.js';
import { ConfigError } from '../config/config-error.js';
import { HealthRegistry } from '../health/health-registry.js';
import { Log } from '../log/log.js';
import { Metrics } from '../metrics/metrics.js';
import { Problem } from '../problem/problem.js';
import { PROBLEMS } from '../problem/problems.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { bootStage, type BootedStage, type BootOptions } from './boot-stage.js';

const NOON = new Date('2026-03-02T12:00:00Z');
const BODY_LIMIT_BYTES = 2_048;

class Answer {
  @IsString()
  question: string;

  @IsInt()
  weight: number;
}

const order: string[] = [];

@Controller('v1')
@Public()
class TryController {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  @Post('answers')
  answer(@Body() body: Answer): object {
    return { isAnswer: body instanceof Answer };
  }

  @Get('time')
  time(): object {
    return { now: this.clock.now() };
  }

  @Get('pupils/:id')
  pupil(): never {
    throw new TypeError('Alma is not an object');
  }

  @Get('busy')
  busy(): never {
    throw new Problem(PROBLEMS['too-many-requests'], { retryAfterSeconds: 7 });
  }

  @Get('half')
  half(@Res() reply: FastifyReply): void {
    reply.raw.writeHead(200, { 'content-length': '100' });
    reply.raw.write('half');
    throw new Error('broken on the way');
  }

  @Get('slow')
  async slow(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 150));
    order.push('answer');
    return 'slow';
  }
}

/** Opens a connection while it is initialised, as a store does. */
class Store implements OnModuleInit {
  constructor(@Inject(Shutdown) private readonly shutdown: Shutdown) {
    shutdown.add('pool', () => void order.push('pool'));
  }

  onModuleInit(): void {
    this.shutdown.add('store', () => void order.push('store'));
  }
}

@Module({ controllers: [TryController], providers: [Store] })
class TryModule {}

/** The least transport strategy: says when it listens and is closed. */
class Lanes implements CustomTransportStrategy {
  private begin: () => void = () => undefined;

  listen(callback: () => void): void {
    this.begin = callback;
  }

  join(): void {
    this.begin();
  }

  close(): void {
    order.push('lanes');
  }
}

const lines: Record<string, unknown>[] = [];
const log = Log.create({
  stage: 'try',
  level: 'debug',
  destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
});

async function boot(options: Partial<BootOptions> = {}): Promise<BootedStage> {
  return bootStage(TryModule, {
    stage: 'try',
    environment: { HTTP_PORT: '0', HTTP_BODY_LIMIT_BYTES: String(BODY_LIMIT_BYTES) },
    http: { requestLimitMs: 300 },
    clock: new SteppableClock(NOON),
    log,
    ownsProcess: false,
    ...options,
  });
}

async function post(url: string, body: string, type = 'application/json'): Promise<Response> {
  return fetch(`${url}/v1/answers`, { method: 'POST', body, headers: { 'content-type': type } });
}

interface Document {
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly errors?: unknown;
}

async function problemIn(response: Response, code: string): Promise<Document> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const document = (await response.json()) as Document;
  expect(document).toMatchObject({
    type: `urn:elevnav:problem:${code}`,
    status: response.status,
    title: expect.any(String),
    detail: expect.any(String),
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  });
  return document;
}

/** Sends bytes as they are and gives what comes back until the other side closes. */
async function rawAnswer(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  let answer = '';
  for await (const part of socket) answer += String(part);
  return answer;
}

let stage: BootedStage;

beforeAll(async () => {
  stage = await boot();
});

afterAll(async () => {
  await stage.stop();
});

describe('the door of a stage', () => {
  it('takes a body that keeps the contract, as an instance of its class', async () => {
    const response = await post(stage.url, '{"question":"why","weight":1}');
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ isAnswer: true });
  });

  it('names every place of a body that does not', async () => {
    const response = await post(stage.url, '{"question":1,"weight":1.5,"extra":true}');
    const { errors } = await problemIn(response, 'validation-failed');
    expect(errors).toEqual([
      { pointer: '#/extra', detail: 'property extra should not exist' },
      { pointer: '#/question', detail: 'question must be a string' },
      { pointer: '#/weight', detail: 'weight must be an integer number' },
    ]);
  });

  it.each([
    ['broken JSON', '{"question":"Alma', 'application/json', 400, 'malformed-body'],
    ['no body', '', 'application/json', 400, 'malformed-body'],
    ['a prototype', '{"__proto__":{"x":1}}', 'application/json', 400, 'malformed-body'],
    ['too much', `"${'x'.repeat(BODY_LIMIT_BYTES)}"`, 'application/json', 413, 'body-too-large'],
    ['XML', '<a/>', 'application/xml', 415, 'unsupported-media-type'],
    ['plain text', 'a', 'text/plain', 415, 'unsupported-media-type'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
  ])('answers %s with a problem', async (_, body, type, status, code) => {
    const response = await post(stage.url, body, type);
    expect(response.status).toBe(status);
    expect((await problemIn(response, code)).detail).not.toContain('Alma');
  });

  it('says nothing of a fault of ours but an id that is in the log beside the cause', async () => {
    const response = await fetch(`${stage.url}/v1/pupils/alma`);
    expect(response.status).toBe(500);
    const { instance, detail } = await problemIn(response, 'internal');
    expect(detail).not.toContain('object');
    const reference = instance.replace('urn:uuid:', '');
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'error',
        reference,
        errorName: 'TypeError',
        errorStack: expect.arrayContaining([expect.stringContaining('TryController.pupil')]),
      }),
    );
  });

  it('writes one line a request, with the route and not the address', async () => {
    await fetch(`${stage.url}/v1/pupils/alma?name=Alma`);
    const line = lines.findLast((candidate) => candidate.route === '/v1/pupils/:id');
    expect(line).toMatchObject({
      level: 'warn',
      stage: 'try',
      outcome: 'failed',
      method: 'GET',
      status: 500,
      problem: 'internal',
      durationMs: expect.any(Number),
    });
    expect(JSON.stringify(line)).not.toMatch(/alma/i);
  });

  it('says when to come back', async () => {
    const response = await fetch(`${stage.url}/v1/busy`);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    await problemIn(response, 'too-many-requests');
  });

  it.each([
    ['/nowhere/alma', 404, 'not-found'],
    ['/v1/%zz', 400, 'bad-request'],
    [`/v1/pupils/${'a'.repeat(201)}`, 414, 'address-too-long'],
  ])('does not repeat the address it does not know: %s', async (path, status, code) => {
    const response = await fetch(`${stage.url}${path}`);
    expect(response.status).toBe(status);
    expect(JSON.stringify(await problemIn(response, code))).not.toContain('alma');
  });

  it('breaks off an answer that failed on the way', async () => {
    const answer = fetch(`${stage.url}/v1/half`).then(async (response) => response.text());
    await expect(answer).rejects.toThrow();
    expect((await fetch(`${stage.url}/v1/time`)).status).toBe(200);
  });

  it('answers what is no HTTP, and a request that never ends, with a problem too', async () => {
    expect(await rawAnswer(stage.url, 'hej\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*bad-request/);
    const head = ['POST /v1/answers HTTP/1.1', 'host: a', 'content-type: application/json'];
    const endless = [...head, 'content-length: 100', '', '{'].join('\r\n');
    expect(await rawAnswer(stage.url, endless)).toMatch(/^HTTP\/1.1 408 [^]*request-timeout/);
    const large = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await rawAnswer(stage.url, large)).toMatch(/^HTTP\/1.1 431 [^]*headers-too-large/);
  });

  it('sends headers that keep a browser safe and caches empty', async () => {
    for (const path of ['/v1/time', '/v1/busy', '/nowhere']) {
      const { headers } = await fetch(`${stage.url}${path}`);
      expect(headers.get('content-security-policy')).toMatch("default-src 'self'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('tells the time by the clock that it was given', async () => {
    const response = await fetch(`${stage.url}/v1/time`);
    expect(await response.json()).toEqual({ now: NOON.toISOString() });
  });
});

describe('the probes of a stage', () => {
  it('are answered without a token, 503 when a check fails', async () => {
    const registry = stage.app.get(HealthRegistry);
    const remove = registry.add('store', 'ready', () => ({ ok: false, detail: 'Start it.' }));
    const ready = await fetch(`${stage.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      status: 'failing',
      checks: [
        { name: 'started', ok: true },
        { name: 'store', ok: false, detail: 'Start it.', since: expect.any(String) },
      ],
    });
    expect((await fetch(`${stage.url}/health/live`)).status).toBe(200);
    remove();
    expect((await fetch(`${stage.url}/health/ready`)).status).toBe(200);
  });

  it('give the metrics of the process and of each route', async () => {
    stage.app.get(Metrics).counter('elevnav_tries_total', 'Tries.').add(2);
    await fetch(`${stage.url}/v1/time`);
    const response = await fetch(`${stage.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch('text/plain');
    const text = await response.text();
    expect(text).toMatch('elevnav_tries_total{stage="try"} 2');
    expect(text).toMatch(/elevnav_http_request_seconds_count\{.*route="\/v1\/time".*\} \d/);
    expect(text).toMatch('nodejs_eventloop_lag_seconds');
  });
});

describe('a stage that starts and stops', () => {
  it('is live at once, ready when its consumers listen, and closes them first', async () => {
    const lanes = new Lanes();
    const listening = Promise.withResolvers<string>();
    const starting = boot({
      strategies: (app) => {
        app.getHttpServer().on('listening', () => {
          const { port } = app.getHttpServer().address() as { port: number };
          listening.resolve(`http://127.0.0.1:${port}`);
        });
        return [lanes];
      },
    });
    const url = await listening.promise;
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    lanes.join();
    const started = await starting;
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);

    order.length = 0;
    const answer = fetch(`${url}/v1/slow`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { isClean } = await started.stop();
    expect(isClean).toBe(true);
    expect((await answer).status).toBe(200);
    expect(order.filter((name, index) => order.indexOf(name) === index)).toEqual([
      'lanes',
      'answer',
      'store',
      'pool',
    ]);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('takes no more work while it stops', async () => {
    const closing = await boot();
    const shutdown = closing.app.get(Shutdown);
    const held = Promise.withResolvers<void>();
    shutdown.add('held', async () => held.promise);
    const stopping = closing.stop();
    const response = await fetch(`${closing.url}/v1/time`);
    expect(response.status).toBe(503);
    expect(response.headers.get('connection')).toBe('close');
    await problemIn(response, 'closing');
    expect((await fetch(`${closing.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${closing.url}/health/ready`)).status).toBe(503);
    held.resolve();
    expect(await stopping).toMatchObject({ isClean: true });
  });

  it('is one hook of the process when it shares it', async () => {
    const whole = new Shutdown({ log });
    const one = await boot({ shutdown: whole });
    const two = await boot({ shutdown: whole });
    await two.stop();
    expect(await whole.begin('SIGTERM')).toMatchObject({ isClean: true });
    await expect(fetch(one.url)).rejects.toThrow();
  });

  it('leaves nothing open when it cannot start', async () => {
    order.length = 0;
    const { port } = new URL(stage.url);
    await expect(boot({ http: { port: Number(port) } })).rejects.toThrow('EADDRINUSE');
    expect(order).toEqual(expect.arrayContaining(['store', 'pool']));
  });

  it('names every wrong setting', async () => {
    const environment = { HTTP_PORT: '80 80', LOG_LEVEL: 'loud' };
    const faults = await boot({ environment }).catch((error: unknown) =>
      error instanceof ConfigError ? error.faults.map((fault) => fault.setting) : error,
    );
    expect(faults).toEqual(['HTTP_PORT', 'LOG_LEVEL']);
  });
});
