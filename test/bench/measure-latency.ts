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
  const latencies = [...sentMs]
    .map(([number, ms]) => Math.max(0, arrivals.seenAt(number) - ms))
    .sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(
      latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]! * 10,
    ) / 10;
  return {
    latencyMsP50: at(0.5),
    latencyMsP99: at(0.99),
    latencyEvents: latencies.length,
    latencyUndelivered: undelivered,
  };
}
