import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startLocalServices, type LocalServices } from '#local-services';
import type { BootedStage, Environment, Log, Shutdown } from '#runtime';
import { tellReady } from './closing-words.js';
import { logFolder } from './hub-log.js';
import type { HubSettings } from './hub-settings.js';
import { portsOf, type StagePorts } from './hub.config.js';
import { HUB_STAGES, loadModule, type HubStage } from './hub-stages.js';
import { readOrMakeKeys, type HubKeys } from './keys-file.js';
import type { HubArguments } from './read-arguments.js';
import { refuseStartingOver } from './refuse-starting-over.js';
import { HOST, runStages, sandboxEnvironment, stopStages } from './run-stages.js';
import { settlePorts } from './settle-ports.js';
import { StageProcesses } from './stage-processes.js';
import type { Teller } from './teller.js';

export interface HubParts {
  readonly given: HubArguments;
  readonly settings: HubSettings;
  readonly log: Log;
  readonly shutdown: Shutdown;
  readonly teller: Teller;
}

const SERVICES_STOP_LIMIT_MS = 6_000;
const STAGES_STOP_LIMIT_MS = 8_000;

/** Starts everything and leaves it running until a signal comes. The data folder is locked by this process already. */
export async function runHub(parts: HubParts): Promise<undefined> {
  const { given, settings, shutdown, teller } = parts;
  const directory = resolve(settings.hub.directory);
  const stages = HUB_STAGES.filter((stage) => settings.hub.stages.includes(stage));
  if (given.fresh) refuseStartingOver('--fresh', settings.environment);
  else if (stages.includes('sandbox')) await refuseBrokenFiles(directory);
  const ports = await settlePorts(HOST, portsOf(settings.hub), stages);
  shutdown.add('last words', () => teller.step('Elevnav has stopped.'));
  if (!given.processes) void preload(stages);
  const { services, keys } = await startServices(parts, directory);
  const environment: Environment = {
    ...settings.environment,
    ...services.environment,
    ...keys,
    ...sandboxEnvironment(directory, (stage) => `http://${HOST}:${ports[stage]}`),
    HTTP_HOST: HOST,
    DASHBOARD_OPEN: 'true',
  };
  const run = { directory, stages, ports, environment };
  if (given.processes) await startProcesses(parts, run);
  else await startInProcess(parts, run);
  tellReady(teller, {
    directory,
    ports,
    stages,
    issuer: services.issuer.url,
    kafka: services.kafka,
  });
}

/** The modules are read while the services start. */
function preload(stages: readonly HubStage[]): Promise<unknown> {
  return Promise.allSettled(stages.map(loadModule));
}

/** Before anything starts: a stage that is a process of its own could only say it in its log. */
async function refuseBrokenFiles(directory: string): Promise<void> {
  const { checkKeptFiles } = await import('#apps/sandbox');
  checkKeptFiles(directory);
}

async function startServices(
  { given, settings, shutdown, teller }: HubParts,
  directory: string,
): Promise<{ readonly services: LocalServices; readonly keys: HubKeys }> {
  const { fresh } = given;
  let keys: HubKeys | undefined;
  const services = await startLocalServices({
    directory,
    fresh,
    isLocked: true,
    prepare: () => {
      if (fresh) rmSync(join(directory, 'sandbox'), { recursive: true, force: true });
      keys = readOrMakeKeys(directory, { fresh, given: settings.environment });
    },
    onProgress: teller.step,
  });
  if (shutdown.isClosing) {
    await services.stop();
    throw new Error('The hub was stopped while its services started.');
  }
  shutdown.add('local services', () => services.stop(), { limitMs: SERVICES_STOP_LIMIT_MS });
  return { services, keys: keys! };
}

interface HubRun {
  readonly directory: string;
  readonly stages: readonly HubStage[];
  readonly ports: StagePorts;
  readonly environment: Environment;
}

async function startInProcess(parts: HubParts, run: HubRun): Promise<void> {
  const { log, shutdown, teller } = parts;
  const { environment, ports } = run;
  const pipeline = run.stages.filter((stage) => stage !== 'sandbox');
  teller.step(`Starting ${pipeline.join(', ')} …`);
  const running = await runStages(pipeline, { environment, log, ports });
  addStages(shutdown, 'stages', running);
  if (!run.stages.includes('sandbox')) return;
  const { Sandbox } = await import('#apps/sandbox');
  const sandboxStage = await runStages(['sandbox'], { environment, log, ports });
  addStages(shutdown, 'sandbox', sandboxStage);
  const sandbox = sandboxStage.get('sandbox')!.app.get(Sandbox);
  await sandbox.fill(teller.step);
  sandbox.startStream();
}

function addStages(
  shutdown: Shutdown,
  name: string,
  running: ReadonlyMap<HubStage, BootedStage>,
): void {
  shutdown.add(name, () => stopStages(running), { limitMs: STAGES_STOP_LIMIT_MS });
}

async function startProcesses({ shutdown, teller }: HubParts, run: HubRun): Promise<void> {
  const { environment, ports, directory } = run;
  const logs = logFolder(directory);
  const urlOf = (stage: HubStage) => `http://${HOST}:${ports[stage]}`;
  const processes = new StageProcesses({
    environmentOf: (stage) => ({ ...environment, HTTP_PORT: String(ports[stage]) }),
    urlOf,
    logFileOf: (stage) => join(logs, `${stage}.log`),
    tell: teller.step,
    signal: shutdown.signal,
  });
  shutdown.add('stages', () => processes.stop(), { limitMs: STAGES_STOP_LIMIT_MS });
  const pipeline = run.stages.filter((stage) => stage !== 'sandbox');
  teller.step(`Starting ${pipeline.join(', ')}, each as a process of its own …`);
  await Promise.all(pipeline.map((stage) => processes.start(stage)));
  if (run.stages.includes('sandbox')) {
    await processes.start('sandbox');
    teller.step('Filling the town …');
    await filled(urlOf('sandbox'), shutdown.signal);
  }
  const list = run.stages.map((stage) => `${stage} ${processes.pidOf(stage)}`).join(', ');
  teller.step(`Processes: ${list}. Kill one by hand: it comes back, and nothing is lost.`);
}

const POLL_MS = 200;

async function filled(sandboxUrl: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const playbill = await fetch(sandboxUrl, { signal }).then(
      async (response) => (await response.json()) as { isFilled: boolean },
      () => undefined, // it is being started again
    );
    if (playbill?.isFilled) return;
    await delay(POLL_MS, undefined, { signal });
  }
}
