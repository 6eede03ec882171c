import 'reflect-metadata';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SystemClock, type Clock } from '../clock/clock.js';
import { processEnvironment, type Environment } from '../config/environment.config.js';
import { describeConfig } from '../config/describe-config.js';
import { readConfigs } from '../config/read-config.js';
import { HealthRegistry } from '../health/health-registry.js';
import { HttpConfig } from '../http/http.config.js';
import { httpServer } from '../http/http-server.js';
import { addRequestHooks } from '../http/request-hooks.js';
import { Log } from '../log/log.js';
import { LogConfig } from '../log/log.config.js';
import { NestLog } from '../log/nest-log.js';
import { Metrics } from '../metrics/metrics.js';
import { ProblemFilter } from '../problem/problem.filter.js';
import { strictValidationPipe } from '../problem/validation-pipe.js';
import { exitOnCrash } from '../shutdown/exit-on-crash.js';
import { Shutdown, type ShutdownReport } from '../shutdown/shutdown.js';
import { RuntimeModule } from './runtime.module.js';

export type RootModule = Type<unknown> | DynamicModule;

export interface BootOptions {
  /** The stage's name, in every line, metric and error: `ingest`, `normalise` … */
  readonly stage: string;
  readonly environment?: Environment;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Goes before the settings HTTP_HOST, HTTP_PORT …: for several stages in one process. */
  readonly http?: Partial<HttpConfig>;
  /** Called before the application is initialised: content type parsers, assets, plugins. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
  /** Consumers, or how to get them out of the application. Their `close` is called first at shutdown, maybe twice. */
  readonly strategies?:
    | readonly CustomTransportStrategy[]
    | ((app: NestFastifyApplication) => readonly CustomTransportStrategy[]);
  /** Of the process, when this stage shares it with others: this stage is then closed as one hook of it. */
  readonly shutdown?: Shutdown;
  /** Whether this stage handles signals and crashes; by default when it is given no `shutdown`. */
  readonly ownsProcess?: boolean;
}

export interface BootedStage {
  readonly app: NestFastifyApplication;
  /** Where it answers, for instance `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Closes this stage; the process lives on. */
  stop(): Promise<ShutdownReport>;
}

/** How long answers that are under way may take once the stage is stopping. */
const ANSWERS_LIMIT_MS = 3_000;
/** More than the answers' limit, less than the whole shutdown's. */
const CLOSE_LIMIT_MS = 6_000;

/**
 * Starts one stage: application, door, guard, health, metrics, consumers, orderly stop. Health is answered before the
 * consumers run; `ready` turns true when all of them listen.
 *
 * At shutdown: the consumers, then the application (Nest's hooks and the HTTP server), then what providers added to
 * `Shutdown` while they were built, last opened first.
 *
 * @throws ConfigError when settings are wrong, and whatever else stops the start; nothing is left open then.
 */
export async function bootStage(root: RootModule, options: BootOptions): Promise<BootedStage> {
  const { stage } = options;
  const environment = options.environment ?? processEnvironment();
  const ownsProcess = options.ownsProcess ?? options.shutdown === undefined;
  const release: (() => void)[] = [];
  const endCrashLine = ownsProcess ? exitOnCrash(options.log ?? Log.create({ stage })) : undefined;
  const settings = readConfigs({ http: HttpConfig, logging: LogConfig }, environment);
  const http: HttpConfig = Object.assign(settings.http, options.http);
  const log = options.log?.forStage(stage) ?? Log.create({ stage, level: settings.logging.level });
  const shutdown = new Shutdown({ log });
  if (ownsProcess) release.push(shutdown.listen());
  if (options.shutdown !== undefined) release.push(closeWith(options.shutdown, shutdown, stage));
  const close = async (reason: string): Promise<ShutdownReport> => {
    const report = await shutdown.begin(reason);
    for (const end of release) end();
    return report;
  };
  const stop = async (): Promise<ShutdownReport> => {
    const report = await close('stop');
    endCrashLine?.();
    return report;
  };
  try {
    const metrics = new Metrics(stage);
    const clock = options.clock ?? new SystemClock();
    const parts = { clock, environment, log, metrics, shutdown };
    const app = await createApp(root, parts, http);
    log.info('Settings', describeConfig(http));
    await start(app, options, { http, shutdown });
    const url = await app.getUrl();
    log.info('The stage listens', { url });
    return { app, url, stop };
  } catch (error) {
    // The error still becomes the process's last line when nobody handles it.
    await close('the start failed');
    throw error;
  }
}

type Parts = Parameters<typeof RuntimeModule.register>[0];

async function createApp(
  root: RootModule,
  parts: Parts,
  http: HttpConfig,
): Promise<NestFastifyApplication> {
  class StageRoot {}
  const adapter = httpServer(http);
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: StageRoot, imports: [RuntimeModule.register(parts), root] },
    adapter,
    { logger: new NestLog(parts.log), abortOnError: false, bodyParser: false },
  );
  addRequestHooks(adapter.getInstance(), parts);
  app.useGlobalFilters(new ProblemFilter(parts.log));
  app.useGlobalPipes(strictValidationPipe());
  app.useSecurityHeaders({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: "'self'",
        baseUri: "'none'",
        formAction: "'self'",
        frameAncestors: "'none'",
        imgSrc: ["'self'", 'data:'],
        objectSrc: "'none'",
      },
    },
    xFrameOptions: { action: 'deny' },
  });
  return app;
}

async function start(
  app: NestFastifyApplication,
  options: BootOptions,
  { http, shutdown }: { readonly http: HttpConfig; readonly shutdown: Shutdown },
): Promise<void> {
  const closing = (): (() => void) =>
    shutdown.add('application', async () => closeApp(app), { limitMs: CLOSE_LIMIT_MS });
  const closedLast = closing();
  const health = app.get(HealthRegistry, { strict: false });
  let isStarted = false;
  health.add('started', 'ready', () => stateOf(shutdown, isStarted));
  await options.configure?.(app);
  const strategies =
    typeof options.strategies === 'function' ? options.strategies(app) : options.strategies;
  for (const strategy of strategies ?? []) app.connectMicroservice({ strategy });
  await app.listen(http.port, http.host);
  // Again, so that it comes before the hooks of what providers opened while the application was initialised.
  closedLast();
  closing();
  shutdown.add('consumers', async () => {
    await Promise.all((strategies ?? []).map(async (strategy) => strategy.close() as unknown));
  });
  await app.startAllMicroservices();
  isStarted = true;
}

function stateOf(shutdown: Shutdown, isStarted: boolean): { ok: boolean; detail: string } {
  if (shutdown.isClosing) return { ok: false, detail: 'The stage is stopping.' };
  return isStarted
    ? { ok: true, detail: 'The stage has started.' }
    : { ok: false, detail: 'The stage is starting; its consumers do not listen yet.' };
}

/** Answers under way may end; after their limit their connections are cut, so that the close itself ends. */
async function closeApp(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const timer = setTimeout(() => server.closeAllConnections(), ANSWERS_LIMIT_MS);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}

function closeWith(whole: Shutdown, part: Shutdown, stage: string): () => void {
  return whole.add(
    stage,
    async () => {
      const { isClean, hung, failed } = await part.begin('the process stops');
      if (!isClean) {
        throw new Error(`Not closed cleanly: ${[...hung, ...failed].join(', ')}.`);
      }
    },
    { limitMs: CLOSE_LIMIT_MS + ANSWERS_LIMIT_MS },
  );
}
