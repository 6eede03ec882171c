import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setApart, settle, waitFor, type Run } from './bench-run.js';
import { HUVUDMEN, readMix, type InventedEvent } from './invent-events.js';
import { cpuSeconds, processTree, rssMb } from './stage-process.js';

const BATCH = 200;
const IN_FLIGHT_MAX = 6_000;

/** Registers every person once. @returns how long that took, in milliseconds. */
export async function load(run: Run, persons: number): Promise<number> {
  const startedMs = Date.now();
  const firsts = Array.from({ length: persons }, (_, index) => run.inventor.first(index));
  const perClient = Array.from({ length: HUVUDMEN }, (_, client) =>
    firsts.filter((event) => event.client === client),
  );
  await Promise.all(
    perClient.map(async (events) => {
      for (let i = 0; i < events.length; i += BATCH) {
        await run.pusher.push(events.slice(i, i + BATCH));
        await waitFor(() => run.pusher.accepted - run.arrivals.events < IN_FLIGHT_MAX);
      }
    }),
  );
  await waitFor(() => firsts.every(({ number }) => run.arrivals.seenAt(number) > 0));
  return Date.now() - startedMs;
}

/** Pushes as fast as events come out again: a closed loop with a bounded number in flight. */
export async function saturate(run: Run, seconds: number) {
  const { inventor, pusher, arrivals } = run;
  const expected = new Set(
    readMix()
      .kinds.filter((kind) => kind.changesRegister)
      .map(({ kind }) => kind),
  );
  const kinds: Record<string, number> = {};
  const wanted: number[] = [];
  const notYet: number[] = [];
  /** Looks again at those that had not come out; what never comes out must not hold up the others. */
  const open = () => {
    let kept = 0;
    for (const number of notYet) {
      if (arrivals.seenAt(number) === 0) notYet[kept++] = number;
    }
    notYet.length = kept;
    return kept;
  };
  const groups = processGroups(run);
  const cpuBefore = groups.map(({ pids }) => cpuSeconds(pids()));
  const memory = run.stages.map(({ stage }) => ({ stage, samples: [] as Sample[] }));
  const firstNumber = inventor.made;
  const before = { events: arrivals.events, records: arrivals.records, ms: performance.now() };
  const ends = Date.now() + seconds * 1_000;
  const queues: InventedEvent[][] = Array.from({ length: HUVUDMEN }, () => []);
  const sampler = setInterval(
    () =>
      run.stages.forEach(({ pid }, index) =>
        memory[index]!.samples.push({ atMs: Date.now(), mb: rssMb(pid) }),
      ),
    1_000,
  );
  const underWay = new Set<Promise<void>>();
  while (Date.now() < ends) {
    if (notYet.length > IN_FLIGHT_MAX || underWay.size >= HUVUDMEN) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      open();
      continue;
    }
    const { kind, event } = inventor.any();
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (expected.has(kind)) {
      wanted.push(event.number);
      notYet.push(event.number);
    }
    const queue = queues[event.client]!;
    queue.push(event);
    if (queue.length < BATCH) continue;
    queues[event.client] = [];
    const push = pusher.push(queue).finally(() => underWay.delete(push));
    underWay.add(push);
  }
  const ms = performance.now() - before.ms;
  const events = arrivals.events - before.events;
  const records = arrivals.records - before.records;
  const cpu = groups.map(
    ({ name, pids }, index) => [name, cpuSeconds(pids()) - cpuBefore[index]!] as const,
  );
  clearInterval(sampler);
  await Promise.all(underWay);
  for (const queue of queues) if (queue.length > 0) await pusher.push(queue);
  const undelivered = await settle(run, wanted);
  const made = inventor.made - firstNumber;
  const apart = await setApart(
    run,
    Array.from({ length: made }, (_, index) => firstNumber + index),
  );
  const perEvent = Object.fromEntries(
    cpu.map(([name, s]) => [name, Math.round((s * 1e6) / events)]),
  );
  return {
    eventsPerSecond: Math.round((events * 1_000) / ms),
    recordsPerSecond: Math.round((records * 1_000) / ms),
    cpuUsPerEvent: {
      total: Math.round((cpu.reduce((sum, [, s]) => sum + s, 0) * 1e6) / events),
      ...perEvent,
    },
    rssMbMax: Math.round(Math.max(...memory.flatMap(({ samples }) => samples.map(({ mb }) => mb)))),
    rssMbPerMinute: Math.max(...memory.map(({ samples }) => slopePerMinute(samples))),
    rssMbPerMinuteOf: Object.fromEntries(
      memory.map(({ stage, samples }) => [stage, slopePerMinute(samples)]),
    ),
    kinds,
    undelivered,
    ...apart,
  };
}

/** The services are processes of this machine (`services.ts`), so that what they spend can be read. */
function processGroups({ stages, services, postgresFolder }: Run) {
  const names: Record<string, string> = { 'test-access': 'testAccess' };
  return [
    ...stages.map(({ stage, pid }) => ({ name: names[stage] ?? stage, pids: () => [pid] })),
    { name: 'kafka', pids: () => [services.kafka.pid()!] },
    { name: 'postgres', pids: () => processTree(postmasterPid(postgresFolder)) },
  ];
}

/** The first line of PostgreSQL's own lock file is the process id of its postmaster. */
function postmasterPid(folder: string): number {
  return Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

interface Sample {
  readonly atMs: number;
  readonly mb: number;
}

const WINDOW_MS = 10_000;

/**
 * How one process's memory grows after its warm-up (a third of the time), by the least of each ten seconds: between two collections
 * it goes up and down by more than it could grow in an hour.
 */
function slopePerMinute(samples: readonly Sample[]): number {
  const late = leastOfWindows(samples.slice(Math.floor(samples.length / 3)));
  if (late.length < 2) return 0;
  const meanX = late.reduce((sum, { atMs }) => sum + atMs, 0) / late.length;
  const meanY = late.reduce((sum, { mb }) => sum + mb, 0) / late.length;
  const over = late.reduce((sum, { atMs, mb }) => sum + (atMs - meanX) * (mb - meanY), 0);
  const under = late.reduce((sum, { atMs }) => sum + (atMs - meanX) ** 2, 0);
  return Math.round((over / under) * 60_000 * 100) / 100;
}

function leastOfWindows(samples: readonly Sample[]): Sample[] {
  const least = new Map<number, Sample>();
  for (const sample of samples) {
    const window = Math.floor(sample.atMs / WINDOW_MS);
    const known = least.get(window);
    if (!known || sample.mb < known.mb) least.set(window, sample);
  }
  return [...least.values()];
}
