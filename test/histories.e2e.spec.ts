import { fileURLToPath } from 'node:url';
import { proveSideBySide } from './prove/histories/real/side-by-side.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIMIT_MS = 240_000;
const HISTORIES = 12;

/** A few of what `npm run prove -- histories --real 500` tells, on services of their own. */
describe('histories that real stages live through', () => {
  it(
    'come to what the same rules come to in memory',
    async () => {
      const tally = await proveSideBySide({
        seed: 7,
        count: HISTORIES,
        directory: `${ROOT}.elevnav/histories-e2e-${process.pid}`,
        say: () => undefined,
      });
      expect(tally.stories).toEqual([]);
      expect(tally).toMatchObject({ histories: HISTORIES, faults: { divergent: 0 } });
    },
    LIMIT_MS,
  );
});
