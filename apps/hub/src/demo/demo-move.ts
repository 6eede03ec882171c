import { join, resolve } from 'node:path';
import { startLocalServices } from '#local-services';
import type { Environment } from '#runtime';
import { readOrMakeKeys, type HubKeys } from '../keys-file.js';
import type { HubParts } from '../run-hub.js';
import { tellMoves, type MovesOutcome } from './tell-moves.js';

/** The last line of `--demo move --json`. */
export interface MoveFigures {
  readonly demo: 'move';
  readonly histories: number;
  readonly accessGaps: number;
  readonly doubleHomes: number;
  readonly published: number;
  readonly parked: number;
  readonly seconds: number;
}

const SEED = 1;
const FREE_PORTS = { kafka: 0, kafkaClients: 0, kafkaController: 0, postgres: 0, issuer: 0 };
const SERVICE_SETTING = /^(KAFKA|DATABASE|OIDC)_/;
const SERVICES_STOP_LIMIT_MS = 6_000;

/** Where the demo's own data lies. */
export function demoFolder(directory: string): string {
  return join(directory, 'demo');
}

/**
 * The demo on services and data of its own, so that it neither needs nor disturbs a hub that runs. What the environment gives is left
 * alone: its stages would join the groups of that hub, and its clock, which is years ahead, would decide about real people.
 * @returns the exit code with `--exit`; without, the hub goes on running.
 */
export async function demoMove(parts: HubParts): Promise<number | undefined> {
  const { given, settings, log, shutdown, teller } = parts;
  const directory = resolve(demoFolder(settings.hub.directory));
  shutdown.add('last words', () => teller.step('Elevnav has stopped.'));
  let keys: HubKeys | undefined;
  const services = await startLocalServices({
    directory,
    fresh: true,
    isLocked: true,
    prepare: () => void (keys = readOrMakeKeys(directory, { fresh: true })),
    ownOnly: true,
    ports: FREE_PORTS,
    onProgress: teller.step,
  });
  shutdown.add('local services', () => services.stop(), { limitMs: SERVICES_STOP_LIMIT_MS });
  teller.step('Starting the stages with a clock of their own …');
  const outcome = await tellMoves({
    environment: {
      ...withoutServices(settings.environment),
      ...services.environment,
      ...keys,
    },
    directory,
    seed: SEED,
    log,
    shutdown,
    tell: (line) => teller.line(line),
  });
  const figures = figuresOf(outcome, teller.seconds);
  teller.line();
  teller.line(summaryOf(figures));
  if (!given.exit) {
    if (given.json) teller.line(JSON.stringify(figures));
    teller.line('The stages go on running; Ctrl-C stops them.');
    return undefined;
  }
  const { isClean } = await shutdown.begin('the demo is told');
  if (given.json) teller.line(JSON.stringify(figures));
  return isFaultless(outcome, figures) && isClean ? 0 : 1;
}

/** How another hub reaches its services says nothing of the demo's: neither where they are, nor TLS, a prefix or replicas. */
export function withoutServices(environment: Environment): Environment {
  const others = Object.entries(environment).filter(([name]) => !SERVICE_SETTING.test(name));
  return Object.fromEntries(others);
}

export function figuresOf(
  { histories, published, parked }: MovesOutcome,
  seconds: number,
): MoveFigures {
  // prettier-ignore
  return {
    demo: 'move',
    histories: histories.length,
    accessGaps: histories.reduce((sum, { accessGaps }) => sum + accessGaps, 0),
    doubleHomes: histories.reduce((sum, { doubleHomes }) => sum + doubleHomes, 0),
    published,
    parked,
    seconds: Math.round(seconds * 10) / 10,
  };
}

/** No gap, no second home, nothing parked, and every history came out as told. */
export function isFaultless(
  { histories }: Pick<MovesOutcome, 'histories'>,
  { accessGaps, doubleHomes, parked }: MoveFigures,
): boolean {
  const faults = histories.reduce((sum, history) => sum + history.faults.length, 0);
  return accessGaps + doubleHomes + parked + faults === 0;
}

function summaryOf({ histories, accessGaps, doubleHomes, published, parked }: MoveFigures): string {
  return `${histories} histories, ${accessGaps} gaps in access, ${doubleHomes} double homes; ${published} events published, ${parked} parked.`;
}
