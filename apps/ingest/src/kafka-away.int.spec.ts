import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startLocalServices, type LocalServices } from '#local-services';
import { eventually } from '#testing';
import { openDoor, personEvent, type Door } from '../test/open-door.js';

let services: LocalServices;
let directory: string;
let door: Door;

// A Kafka of its own, since it is killed.
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'elevnav-ingest-'));
  services = await startLocalServices({
    directory,
    way: 'local',
    need: ['kafka', 'issuer'],
    ports: { kafka: 0, kafkaClients: 0, kafkaController: 0, issuer: 0 },
  });
  door = await openDoor(services, directory, { PRODUCER_TIMEOUT_MS: '2000' });
});

afterAll(async () => {
  await door?.close();
  await services?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** As the door's own: what may be stored without having been told. */
const CHUNK_LINES_MAX = 500;
/** Some seconds on a machine that has nothing else to do. */
const READINESS_LIMIT_MS = 30_000;

interface Problem {
  accepted: number;
  resumeAtLine: number;
}

/** How many events the door has counted as accepted, which it does once Kafka has acknowledged them. */
async function acceptedNow(): Promise<number> {
  const metrics = await (await fetch(`${door.url}/metrics`)).text();
  return Number(/verdict="accepted"[^}]*\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

/** The readiness check of the way out to Kafka, and the answer's status. */
async function producerCheck() {
  const response = await fetch(`${door.url}/health/ready`);
  const { checks } = (await response.json()) as {
    checks: { name: string; ok: boolean; detail: string }[];
  };
  const { ok, detail } = checks.find(({ name }) => name === 'producer')!;
  return { status: response.status, ok, detail };
}

/** Right after a start its partitions have no leader for a moment. */
async function storedNow(): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await door.countOf('source.elevregister');
    } catch (error) {
      if (attempt >= 50) throw error;
      await delay(200);
    }
  }
}

it('When Kafka dies a stream tells how much of it was stored, a push gets 503 and the door is not ready until Kafka is back, and nothing told is lost', async () => {
  const body = JSON.stringify([personEvent('away-1'), personEvent('away-2')]);
  const batch = { mediaType: 'application/cloudevents-batch+json' };
  expect((await door.push(body, batch)).status).toBe(202);

  async function* lines() {
    for (let n = 1; n <= 2_000; n++) yield `${JSON.stringify(personEvent(`stay-${n}`))}\n`;
    // What the door has had acknowledged, not what lies in the log: the last acknowledgement may die with Kafka.
    while ((await acceptedNow()) < 1_000) await delay(50);
    await services.kafka.kill();
    for (let n = 1; n <= 2_000; n++) yield `${JSON.stringify(personEvent(`leave-${n}`))}\n`;
  }
  const broken = await door.pushLines(lines());
  const problem = broken.body as Problem;
  expect(broken.status).toBe(503);
  expect(problem.accepted).toBeGreaterThanOrEqual(998);
  expect(problem.resumeAtLine).toBe(problem.accepted + 1);

  const refused = await door.push(body, batch);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({ type: 'urn:elevnav:problem:unavailable' });
  const check = await door.push(body, { ...batch, path: '/v1/events/check' });
  expect(check.status).toBe(200);
  await eventually(
    async () => expect(await producerCheck()).toMatchObject({ status: 503, ok: false }),
    READINESS_LIMIT_MS,
  );
  expect((await producerCheck()).detail).toMatch(/^Kafka has owed an acknowledgement since /);

  await services.kafka.start();
  // Nobody pushes to a door that is not ready: it finds out by itself.
  await eventually(
    async () => expect(await producerCheck()).toMatchObject({ status: 200, ok: true }),
    READINESS_LIMIT_MS,
  );
  const stored = await storedNow();
  // What was told as accepted is there; at most the chunk whose acknowledgement was lost is there beside it.
  expect(stored).toBeGreaterThanOrEqual(2 + problem.accepted);
  expect(stored).toBeLessThanOrEqual(2 + problem.accepted + CHUNK_LINES_MAX);

  let again = await door.push(body, batch);
  for (let attempt = 0; again.status === 503 && attempt < 10; attempt++) {
    again = await door.push(body, batch);
  }
  expect(again.status).toBe(202);
  expect(await storedNow()).toBeGreaterThanOrEqual(stored + 2);
}, 120_000);
