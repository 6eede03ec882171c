import { bootStage, type BootedStage, type Clock, type Environment, type Log } from '#runtime';
import { stageTransport } from '#stage';
import type { StagePorts } from './hub.config.js';
import { loadModule, readsTopics, type HubStage } from './hub-stages.js';

export const HOST = '127.0.0.1';

export interface StageRun {
  readonly environment: Environment;
  readonly log: Log;
  readonly ports: StagePorts;
  /** Handed to every stage; the system's clock unless given. */
  readonly clock?: Clock;
}

export type RunningStages = ReadonlyMap<HubStage, BootedStage>;

/** Starts stages in this process, all at once. Those that started are stopped again when one cannot. */
export async function runStages(
  stages: readonly HubStage[],
  run: StageRun,
): Promise<Map<HubStage, BootedStage>> {
  const outcomes = await Promise.allSettled(stages.map((stage) => runStage(stage, run)));
  const running = new Map<HubStage, BootedStage>();
  outcomes.forEach((outcome, index) => {
    if (outcome.status === 'fulfilled') running.set(stages[index]!, outcome.value);
  });
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return running;
  await stopStages(running);
  throw failed.reason as Error;
}

/** Stops them side by side. @throws Error naming the stages that did not close cleanly. */
export async function stopStages(running: RunningStages): Promise<void> {
  const unclean: string[] = [];
  await Promise.all(
    [...running].map(async ([stage, booted]) => {
      const { isClean, hung, failed } = await booted.stop();
      if (!isClean) unclean.push(`${stage} (${[...hung, ...failed].join(', ')})`);
    }),
  );
  if (unclean.length > 0) throw new Error(`Not closed cleanly: ${unclean.join('; ')}.`);
}

async function runStage(
  stage: HubStage,
  { environment, log, ports, clock }: StageRun,
): Promise<BootedStage> {
  return bootStage(await loadModule(stage), {
    stage,
    environment,
    log,
    clock,
    http: { host: HOST, port: ports[stage] },
    ownsProcess: false,
    ...(readsTopics(stage) && { strategies: (app) => [stageTransport(app)] }),
  });
}

/** The addresses that the sandbox uses, as its settings read them. */
export function sandboxEnvironment(
  directory: string,
  urlOf: (stage: HubStage) => string,
): Environment {
  return {
    SANDBOX_DIRECTORY: directory,
    SANDBOX_INGEST_URL: urlOf('ingest'),
    SANDBOX_DASHBOARD_URL: urlOf('dashboard'),
    SANDBOX_PUBLISH_URL: urlOf('publish'),
  };
}
