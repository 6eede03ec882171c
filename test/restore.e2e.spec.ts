import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RestoreDrill, type Standing } from './prove/restore/restore-drill.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_MS = 300_000;
const STEP_LIMIT_MS = 120_000;

/** The steps of the drill, by the names that docs/operating.md gives them: it and this spec are one drill. */
const STEPS = [
  'Note where the hub stands.',
  'Take the copy.',
  'Stop the stages.',
  'Put the copy in the place of the data.',
  'Start PostgreSQL, then the stages.',
  'Look at the epochs.',
  'Wait until what was lost is made again.',
  'Verify the audit.',
  'Tell those who follow a feed.',
] as const;

/** On services of its own, since they are stopped: pupils, a copy, more pupils, and back to the copy. */
describe('the drill of docs/operating.md', () => {
  const directory = `${ROOT}.elevnav/restore-e2e-${process.pid}`;
  let drill: RestoreDrill;
  let before: Standing;
  let forgotten: Standing;
  let isRight = false;

  beforeAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    drill = await RestoreDrill.start({ seed: 11, directory, built: join(ROOT, 'dist') });
    await drill.push(150);
  }, LIMIT_MS);
  afterAll(async () => {
    await drill?.stop();
    if (isRight) await rm(directory, { recursive: true, force: true });
  }, STEP_LIMIT_MS);

  it('has these steps', () => {
    const operating = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');
    const section = operating.split('## Backup and restore\n')[1]!.split('\n## ')[0]!;
    const steps = [...section.matchAll(/^\d+\. \*\*([^*]+)\*\*/gm)].map(([, name]) => name);
    expect(steps).toEqual(STEPS);
  });

  it(
    `1. ${STEPS[0]}`,
    async () => {
      before = await drill.standing();
      expect(Object.keys(before.epochs).sort()).toEqual(['dashboard', 'normalise', 'publish', 'test_access']); // prettier-ignore
      expect(before.audit.normalise?.number).toBeGreaterThan(0);
      expect(before.state.size).toBeGreaterThan(10);
    },
    STEP_LIMIT_MS,
  );

  it(
    `2. ${STEPS[1]}`,
    async () => {
      await drill.takeCopy();
      // What is told from here on is what the restore will have forgotten.
      await drill.push(250);
      forgotten = await drill.standing();
      expect(forgotten.state).not.toEqual(before.state);
      expect(forgotten.audit.normalise!.number).toBeGreaterThan(before.audit.normalise!.number);
      expect(await drill.feedStatus(forgotten.cursor)).toBe(200);
    },
    LIMIT_MS,
  );

  it(`3. ${STEPS[2]}`, () => drill.stopStages(), STEP_LIMIT_MS);

  it(`4. ${STEPS[3]}`, () => drill.restoreCopy(), STEP_LIMIT_MS);

  it(`5. ${STEPS[4]}`, () => drill.startStages(), STEP_LIMIT_MS);

  it(
    `6. ${STEPS[5]}`,
    async () => {
      const epochs = await drill.epochs();
      for (const [stage, epoch] of Object.entries(epochs)) {
        expect({ stage, isHigher: epoch > forgotten.epochs[stage]! }).toEqual({ stage, isHigher: true }); // prettier-ignore
      }
      expect(Object.keys(epochs)).toHaveLength(4);
    },
    STEP_LIMIT_MS,
  );

  it(
    `7. ${STEPS[6]}`,
    async () => {
      expect(await drill.untilStill()).toEqual([]);
      const answer = await drill.answer();
      expect(answer.offenders).toEqual([]);
      expect(answer).toMatchObject({ lost: 0, doubleEffects: 0, orderBreaks: 0, strayParked: 0, accessMissing: 0 }); // prettier-ignore
      expect(await drill.toldAgain()).toBeGreaterThan(100);
      // Who has read the topic by the rule for every reader has the state that there would be without a restore.
      const { state } = await drill.standing();
      expect(state).toEqual(forgotten.state);
      expect(await drill.stateByFeed()).toEqual(drill.ofFollower(forgotten.state));
    },
    LIMIT_MS,
  );

  it(
    `8. ${STEPS[7]}`,
    async () => {
      for (const stage of ['normalise', 'test-access', 'publish', 'dashboard'] as const) {
        expect(await drill.verify(stage)).toMatchObject({ intact: true, isWhole: true });
      }
      expect(await drill.verify('normalise', before.audit.normalise)).toMatchObject({
        intact: true,
      });
      // What was told of in the forgotten time is missing, and that is found out.
      expect(await drill.verify('normalise', forgotten.audit.normalise)).toMatchObject({ intact: false }); // prettier-ignore
    },
    STEP_LIMIT_MS,
  );

  it(
    `9. ${STEPS[8]}`,
    async () => {
      expect(await drill.feedStatus(forgotten.cursor)).toBe(410);
      expect(await drill.feedStatus(before.cursor)).toBe(200);
      await drill.push(50);
      const answer = await drill.answer();
      expect(answer.offenders).toEqual([]);
      expect(answer).toMatchObject({ lost: 0, doubleEffects: 0, orderBreaks: 0 });
      isRight = true;
    },
    STEP_LIMIT_MS,
  );
});
