import { setTimeout as pause } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { LocalServices } from '#local-services';
import { whatMoves } from './read-out.js';

/** A parked event may be due again only after two minutes. */
const STANDSTILL_MS_MAX = 130_000;
const STILL_POLL_MS = 1_000;

/** Waits as long as something changes until nothing moves. @returns what still moves when it has stood still for too long. */
export async function untilStill(kafka: Kafka, services: LocalServices): Promise<string[]> {
  let changedMs = Date.now();
  let before = '';
  let stillTimes = 0;
  for (;;) {
    const moving = await whatMoves(kafka, services.postgres.url).catch((error: unknown) => [
      `It could not be seen what moves: ${String(error)}`,
    ]);
    stillTimes = moving.length === 0 ? stillTimes + 1 : 0;
    if (moving.join() !== before) changedMs = Date.now();
    before = moving.join();
    if (stillTimes === 2 || Date.now() - changedMs > STANDSTILL_MS_MAX) return moving;
    await pause(STILL_POLL_MS);
  }
}
