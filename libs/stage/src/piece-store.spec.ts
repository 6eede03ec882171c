import { HoldUps, type HoldUp } from './hold-ups.js';
import type { LanePiece, PieceResult } from './lane-piece.js';
import { PieceStore } from './piece-store.js';

const BUG = new TypeError('a fault');
const BUSY = Object.assign(new Error('busy'), { code: '53100' });
const RACE = new Error('lost race');

function piece(partition: number, records = 10, isRunning = () => true): LanePiece {
  const lane = { topic: 'source.elevregister', partition };
  return { lane, records: new Array(records) as LanePiece['records'], from: 0, to: records, isRunning }; // prettier-ignore
}

/** How long each attempt takes, by the clock of what is held up. */
const ATTEMPT_MS = 5_000;

/** Notes which partitions went together into each attempt; `answer` says what became of it. */
function storeThat(
  answer: (
    pieces: readonly LanePiece[],
    attempt: number,
  ) => ReadonlyMap<LanePiece, PieceResult> | undefined,
  atOnce = 1,
) {
  const attempts: number[][] = [];
  const retries: string[] = [];
  const told: (HoldUp | 'goes on')[] = [];
  const holdUps = new HoldUps({
    onHeldUp: (holdUp) => told.push(holdUp),
    onGoesOn: () => told.push('goes on'),
    nowMs: () => (attempts.length - 1) * ATTEMPT_MS,
  });
  const store = new PieceStore({
    attempt: async (pieces) => {
      attempts.push(pieces.map(({ lane }) => lane.partition));
      const attempt = attempts.length;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return answer(pieces, attempt) ?? new Map();
    },
    classify: (error) => (error === BUSY ? 'busy' : error === RACE ? 'lost-race' : 'bug'),
    onRetry: (kind) => retries.push(kind),
    holdUps,
    atOnce,
    recordsMax: 25,
  });
  return { store, attempts, retries, holdUps, told };
}

const STORED = { kind: 'stored' };

describe('pieces of several lanes', () => {
  it('of one fetch, and what comes while they are stored, go together, up to the limit', async () => {
    const { store, attempts } = storeThat(() => undefined);
    const first = [0, 1].map((partition) => store.store(piece(partition)));
    await new Promise((resolve) => setTimeout(resolve, 2));
    const later = [2, 3, 4, 5].map((partition) => store.store(piece(partition)));
    expect(await Promise.all([...first, ...later])).toEqual(new Array(6).fill(STORED));
    expect(attempts).toEqual([[0, 1], [2, 3, 4], [5]]);
  });

  it('of several groups that were answered one after another go together', async () => {
    const { store, attempts } = storeThat(() => undefined);
    store.addGroup();
    store.addGroup();
    const first = store.store(piece(0));
    await new Promise((resolve) => setTimeout(resolve, 1));
    await Promise.all([first, store.store(piece(1))]);
    expect(attempts).toEqual([[0, 1]]);
  });

  it('may be stored by more than one transaction at once', async () => {
    const { store, attempts } = storeThat(() => undefined, 2);
    const all = [0, 1, 2, 3, 4].map((partition) => store.store(piece(partition)));
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(attempts).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    await Promise.all(all);
  });

  it('wait out what is busy, and are tried again after a lost race', async () => {
    const { store, attempts, retries } = storeThat((_, attempt) => {
      if (attempt === 1) throw BUSY;
      if (attempt === 2) throw RACE;
      return undefined;
    });
    expect(await Promise.all([store.store(piece(0)), store.store(piece(1))])).toEqual([
      STORED,
      STORED,
    ]);
    expect(attempts).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ]);
    expect(retries).toEqual(['busy', 'lost-race']);
  });

  it('with a fault of ours in one are stored alone, and only its own lane hears of it', async () => {
    const { store, attempts } = storeThat((pieces) => {
      if (pieces.some(({ lane }) => lane.partition === 1)) throw BUG;
      return undefined;
    });
    const results = await Promise.all([0, 1, 2].map((partition) => store.store(piece(partition, 8)))); // prettier-ignore
    expect(results).toEqual([STORED, { kind: 'bug', error: BUG }, STORED]);
    expect(attempts).toEqual([[0, 1, 2], [0], [1], [2]]);
  });

  it('whose lane stands elsewhere are told where, and the others are stored without them', async () => {
    const seek: PieceResult = { kind: 'seek', offset: 7 };
    const { store, attempts } = storeThat((pieces) => {
      const moved = pieces.filter(({ lane }) => lane.partition === 0);
      return new Map(moved.map((one) => [one, seek]));
    });
    expect(await Promise.all([store.store(piece(0)), store.store(piece(1))])).toEqual([
      seek,
      STORED,
    ]);
    expect(attempts).toEqual([[0, 1], [1]]);
  });

  it('are given up once their consumer has stopped, and hold nobody up', async () => {
    let isRunning = true;
    const { store, attempts } = storeThat((_, attempt) => {
      if (attempt > 1) return undefined;
      isRunning = false;
      throw BUSY;
    });
    const results = await Promise.all([
      store.store(piece(0, 10, () => isRunning)),
      store.store(piece(1)),
    ]);
    expect(results).toEqual([{ kind: 'abandoned' }, STORED]);
    expect(attempts).toEqual([[0, 1], [1]]);
  });

  it('that are tried for some seconds are told to the operator, and that they go on', async () => {
    const { store, holdUps, told } = storeThat((_, attempt) => {
      if (attempt === 3) expect(holdUps.room.ok).toBe(false);
      if (attempt <= 2) throw BUSY;
      return undefined;
    });
    await store.store(piece(0));
    expect(told).toEqual([expect.objectContaining({ heldMs: ATTEMPT_MS }), 'goes on']);
    expect(told[0]).toMatchObject({ errorCode: '53100', topics: ['source.elevregister'] });
    expect(holdUps.room.ok).toBe(true);
  });

  it('that are given up hold nothing up any more', async () => {
    let isRunning = true;
    const { store, holdUps } = storeThat(() => {
      isRunning = false;
      throw BUSY;
    });
    await store.store(piece(0, 10, () => isRunning));
    await new Promise((resolve) => setImmediate(resolve));
    expect(holdUps.room.ok).toBe(true);
  });
});
