import { fileURLToPath } from 'node:url';
import { runFaults } from './prove/faults/run-faults.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_MS = 240_000;

/** A short run of `npm run prove -- faults`, on services of its own, so that what it proves stays true from commit to commit. */
describe('whatever breaks', () => {
  it(
    'nothing that was accepted is lost, and every effect happens once',
    async () => {
      const said: string[] = [];
      const result = await runFaults({
        seed: 7,
        events: 4_000,
        perSecond: 250,
        kinds: ['postgresRestart', 'brokerKill', 'connectionClose'],
        directory: `${ROOT}.elevnav/faults-e2e-${process.pid}`,
        built: `${ROOT}dist`,
        say: (text) => said.push(text),
      });
      expect(result.offenders).toEqual([]);
      expect(result).toMatchObject({ lost: 0, doubleEffects: 0, orderBreaks: 0, strayParked: 0 });
      const { accepted, published, filtered, parked, held } = result;
      expect(published + filtered + parked + held).toBe(accepted);
      expect(accepted).toBeGreaterThanOrEqual(4_000);
      expect(parked).toBeGreaterThan(10); // the poison
      expect(result.faults).toEqual({ postgresRestart: 1, brokerKill: 1, connectionClose: 1 });
      expect(result.isRight).toBe(true);
    },
    LIMIT_MS,
  );
});
