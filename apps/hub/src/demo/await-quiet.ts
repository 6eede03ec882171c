import { setTimeout as delay } from 'node:timers/promises';
import { SOURCE_KINDS, sourceTopic } from '#canonical';
import { KafkaConnection, groupIdOf } from '#kafka';
import type { BootedStage } from '#runtime';
import { Stage } from '#stage';
import { HubError } from '../hub-error.js';
import type { ReadingStage } from '../hub-stages.js';
import type { RunningStages } from '../run-stages.js';

/** The groups of each stage that reads events, in the order in which an event passes. */
const PASSED: readonly (readonly [ReadingStage, readonly (readonly string[])[]])[] = [
  ['normalise', SOURCE_KINDS.map((kind) => [sourceTopic(kind)])],
  ['test-access', [['canonical.events']]],
  ['publish', [['canonical.events', 'access.events']]],
];
const QUIET_LIMIT_MS = 60_000;
const POLL_MS = 20;

/**
 * Resolves when nothing is under way: stage by stage, in the order of the path, every group has read its topics to the end and every
 * outbox is empty. What is parked is not under way.
 */
export async function awaitQuiet(stages: RunningStages): Promise<void> {
  const ends = performance.now() + QUIET_LIMIT_MS;
  const until = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) {
      if (performance.now() > ends) {
        throw new HubError(`The demo waited ${QUIET_LIMIT_MS / 1_000} s for ${what}: start it again.`); // prettier-ignore
      }
      await delay(POLL_MS);
    }
  };
  for (const [name, groups] of PASSED) {
    const booted = stages.get(name)!;
    for (const topics of groups) {
      const group = groupIdOf({ stage: name, topics });
      await until(`${group} to be read to the end`, () => isRead(booted, group, topics));
    }
    await until(`the outbox of ${name} to be empty`, () => isSent(booted));
  }
}

/** Events that are parked in any stage now. */
export async function countParked(stages: RunningStages): Promise<number> {
  let parked = 0;
  for (const [name] of PASSED) {
    const counts = await stageOf(stages.get(name)!).parking.counts();
    parked += counts.reduce((sum, { events }) => sum + events, 0);
  }
  return parked;
}

async function isRead(
  { app }: BootedStage,
  group: string,
  topics: readonly string[],
): Promise<boolean> {
  const lanes = await app.get(KafkaConnection, { strict: false }).groupLag(group, topics);
  return lanes.every(({ lag }) => lag === 0);
}

async function isSent(booted: BootedStage): Promise<boolean> {
  const stage = stageOf(booted);
  const text = `select exists(select 1 from ${stage.schema}.outbox) as waits`;
  const [row] = await stage.read<{ waits: boolean }>({ name: `${stage.schema}.demo-outbox`, text }, []); // prettier-ignore
  return row?.waits === false;
}

function stageOf({ app }: BootedStage): Stage {
  return app.get(Stage, { strict: false });
}
