import { settle, type Run } from './bench-run.js';
import { readMix, type InventedEvent } from './invent-events.js';

/** An open loop: events are due at their times, whether or not the earlier ones have come out. */
export async function atRate(run: Run, rate: number, seconds: number) {
  const { inventor, pusher, arrivals } = run;
  const expected = new Set(
    readMix()
      .kinds.filter((kind) => kind.changesRegister)
      .map(({ kind }) => kind),
  );
  const sentMs = new Map<number, number>();
  const startedMs = performance.now();
  const lastOf = new Map<number, Promise<void>>();
  const TICK_MS = 20;
  let made = 0;
  while (performance.now() - startedMs < seconds * 1_000) {
    const due = Math.floor(((performance.now() - startedMs) * rate) / 1_000);
    const byClient = new Map<number, InventedEvent[]>();
    for (; made < due; made++) {
      const { kind, event } = inventor.any();
      if (!byClient.has(event.client)) byClient.set(event.client, []);
      byClient.get(event.client)!.push(event);
      if (expected.has(kind)) sentMs.set(event.number, 0);
    }
    for (const [client, events] of byClient) {
      // One request of a client after another: two at once may change places, and the older would be passed over.
      const push = (lastOf.get(client) ?? Promise.resolve()).then(async () => {
        await pusher.push(events);
        const acceptedMs = performance.timeOrigin + performance.now();
        for (const { number } of events) if (sentMs.has(number)) sentMs.set(number, acceptedMs);
      });
      lastOf.set(client, push);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(lastOf.values());
  const undelivered = await settle(run, [...sentMs.keys()]);
  const endedMs = performance.timeOrigin + performance.now();
  const latenciesMs = latenciesOf(sentMs, (number) => arrivals.seenAt(number), endedMs);
  return {
    latencyMsP50: percentile(latenciesMs, 0.5),
    latencyMsP99: percentile(latenciesMs, 0.99),
    latencyEvents: latenciesMs.length,
    latencyUndelivered: undelivered,
  };
}

/**
 * How long each event that was sent has taken, ascending. One that has not come out has taken all the time that was waited for it, so
 * that it counts among the slowest and makes no percentile better.
 */
export function latenciesOf(
  sentMs: ReadonlyMap<number, number>,
  seenAt: (number: number) => number,
  endedMs: number,
): number[] {
  return [...sentMs]
    .map(([number, ms]) => Math.max(0, (seenAt(number) || endedMs) - ms))
    .sort((one, other) => one - other);
}

/** Of ascending times; by a tenth of a millisecond. */
export function percentile(ascendingMs: readonly number[], share: number): number {
  const index = Math.min(ascendingMs.length - 1, Math.floor(ascendingMs.length * share));
  return Math.round((ascendingMs[index] ?? 0) * 10) / 10;
}
