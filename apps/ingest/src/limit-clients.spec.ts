import { Problem } from '#runtime';
import { ClientLimits } from './limit-clients.js';

const CONFIG = {
  requestsMax: 3,
  clientRequestsMax: 2,
  clientEventsPerSecond: 100,
  clientEventsBurst: 200,
  eventsMax: 50,
};

function limitsAt(config = CONFIG) {
  const clock = { ms: 0 };
  return { clock, limits: new ClientLimits(config, () => clock.ms) };
}

function problemIn(work: () => unknown): Problem {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('A client', () => {
  it('may push its burst at once, then its rate, exactly', () => {
    const { clock, limits } = limitsAt();
    let pushed = 0;
    for (; clock.ms <= 60_000; clock.ms += 10) {
      for (;;) {
        try {
          limits.take('a', 1);
          pushed += 1;
        } catch {
          break;
        }
      }
    }
    expect(pushed).toBe(200 + 60 * 100);
  });

  it('is told when there will be enough for its batch', () => {
    const { clock, limits } = limitsAt();
    limits.take('a', 200);
    expect(problemIn(() => limits.take('a', 50)).headers()).toMatchObject({ 'retry-after': '1' });
    clock.ms = 500;
    limits.take('a', 50);
  });

  it('takes nothing from another client', () => {
    const { limits } = limitsAt();
    limits.take('a', 200);
    limits.take('b', 200);
  });

  it('can always send a whole batch after a rest, however small the burst is set', () => {
    const { limits } = limitsAt({ ...CONFIG, clientEventsBurst: 1 });
    limits.take('a', 50);
  });

  it('is slowed down, not refused, in the middle of a stream', () => {
    const { clock, limits } = limitsAt();
    expect(limits.takeInAdvance('a', 200)).toBe(0);
    expect(limits.takeInAdvance('a', 50)).toBe(500);
    clock.ms = 500;
    expect(limits.takeInAdvance('a', 50)).toBe(500);
  });

  it('waits for its answers before it has too many requests at once', () => {
    const { limits } = limitsAt();
    const leave = limits.enter('a');
    limits.enter('a');
    expect(problemIn(() => limits.enter('a')).status).toBe(429);
    leave();
    limits.enter('a');
  });

  it('is told that the process is busy when all clients together ask too much', () => {
    const { limits } = limitsAt();
    for (const client of ['a', 'b', 'c']) limits.enter(client);
    const problem = problemIn(() => limits.enter('d'));
    expect(problem.status).toBe(503);
    expect(problem.headers()).toHaveProperty('retry-after');
  });

  it('is turned away before its body is read when it has no events left', () => {
    const { limits } = limitsAt();
    limits.take('a', 200);
    expect(problemIn(() => limits.enter('a')).status).toBe(429);
  });
});
