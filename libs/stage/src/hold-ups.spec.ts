import { HoldUps, type HoldUp } from './hold-ups.js';

const SECOND_MS = 1_000;
const START_MS = Date.parse('2026-11-22T02:00:00Z');
const DISK_FULL = Object.assign(new Error('could not extend file "base/1": for 201003142385'), {
  code: '53100',
});
const AWAY = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });

function watched() {
  let nowMs = START_MS;
  const told: HoldUp[] = [];
  const wentOn: number[] = [];
  const holdUps = new HoldUps({
    onHeldUp: (holdUp) => told.push(holdUp),
    onGoesOn: (heldMs) => wentOn.push(heldMs),
    nowMs: () => nowMs,
  });
  /** One batch is tried again every two seconds. */
  const retry = (batch: object, seconds: number, error: unknown = AWAY) => {
    for (let passed = 0; passed <= seconds; passed += 2) {
      holdUps.retried(batch, error, ['source.elevregister']);
      nowMs += 2 * SECOND_MS;
    }
  };
  return { holdUps, told, wentOn, retry };
}

describe('batches that are held up', () => {
  it('for a moment are not told', () => {
    const { holdUps, told, wentOn, retry } = watched();
    const batch = {};
    retry(batch, 4);
    holdUps.stored(batch);
    retry({}, 4);
    expect(told).toEqual([]);
    expect(wentOn).toEqual([]);
  });

  it('for longer are told once a minute, and once that they go on', () => {
    const { holdUps, told, wentOn, retry } = watched();
    const batch = {};
    retry(batch, 130);
    expect(told.map(({ heldMs }) => heldMs / SECOND_MS)).toEqual([6, 66, 126]);
    holdUps.stored(batch);
    holdUps.stored({});
    expect(wentOn).toEqual([132 * SECOND_MS]);
  });

  it('are told by name and code, never in the words of the error', () => {
    const { told, retry } = watched();
    retry({}, 6, DISK_FULL);
    expect(told).toEqual([
      {
        topics: ['source.elevregister'],
        heldMs: 6_000,
        errorName: 'Error',
        errorCode: '53100',
        says: expect.stringContaining('no disk space left') as string,
      },
    ]);
  });

  it('one after another are told no more than once a minute', () => {
    const { holdUps, told, wentOn, retry } = watched();
    for (let n = 0; n < 6; n++) {
      const batch = {};
      retry(batch, 6);
      holdUps.stored(batch);
    }
    expect(told).toHaveLength(1);
    expect(wentOn).toHaveLength(1);
  });

  it('go on when none of them is held up any more, though others are stored meanwhile', () => {
    const { holdUps, told, wentOn, retry } = watched();
    const batch = {};
    retry(batch, 6);
    holdUps.stored({});
    expect(wentOn).toEqual([]);
    holdUps.givenUp(batch);
    expect(wentOn).toEqual([]);
    holdUps.stored({});
    expect(told).toHaveLength(1);
    expect(wentOn).toHaveLength(1);
  });

  it('for want of space are what readiness tells, from the first refusal until one is stored', () => {
    const { holdUps, retry } = watched();
    const batch = {};
    expect(holdUps.room).toEqual({ ok: true, detail: 'PostgreSQL answers.' });
    retry(batch, 0, AWAY);
    expect(holdUps.room.ok).toBe(true);
    retry(batch, 0, DISK_FULL);
    expect(holdUps.room).toMatchObject({
      ok: false,
      detail: expect.stringContaining('since 2026-11-22T02:00:00.000Z') as string,
    });
    holdUps.stored(batch);
    expect(holdUps.room.ok).toBe(true);
  });
});
